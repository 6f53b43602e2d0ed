package import Diagnostics

/// A value that a setting does not take.
package struct SettingError: Error, Equatable {
  package var key: SettingKey
  package var message: String
  package var hint: String

  package init(_ key: SettingKey, _ message: String, hint: String? = nil) {
    self.key = key
    self.message = message
    self.hint = hint ?? "it takes \(key.allowed)"
  }

  /// In the words of whoever wrote the setting.
  ///
  /// - Parameter place: Where the job file says so; nil: it was an option.
  package func diagnostic(at place: Diagnostic.Location?) -> Diagnostic {
    let name = place == nil ? key.asArgument : key.rawValue
    return Diagnostic(at: place, "\(name): \(message)", hint: hint)
  }
}
