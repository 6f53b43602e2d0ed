package import Diagnostics

/// A value that a setting does not take, or a setting that does not apply.
package struct SettingError: Error, Equatable {
  /// The setting's name.
  package var name: String
  package var message: String
  package var hint: String
  private var asArgument: String

  package init(_ setting: any AnySetting, _ message: String, hint: String? = nil) {
    name = setting.name
    asArgument = setting.asArgument
    self.message = message
    self.hint = hint ?? "it takes \(setting.allowed)"
  }

  /// In the words in which the setting was given.
  ///
  /// - Parameter place: Where the job file says so; nil: it was an option.
  package func diagnostic(at place: Diagnostic.Location?) -> Diagnostic {
    Diagnostic(at: place, "\(place == nil ? asArgument : name): \(message)", hint: hint)
  }
}
