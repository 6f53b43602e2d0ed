import Mustache

/// The page, its style and its script, from the files in `Page`. All field values come through
/// ``SafeText``; what is in three braces is drawn from numbers alone.
enum HTMLPage {
  /// Escapes for HTML as ``Escaping`` does, hidden characters included.
  private struct SafeText: MustacheContentType {
    func escapeText(_ text: String) -> String { Escaping.html(text) }
  }

  static let template: MustacheTemplate = {
    MustacheContentTypes.register(SafeText(), named: "SAFE")
    do {
      return try MustacheTemplate(string: text(PackageResources.page_mustache))
    } catch {
      fatalError("the page's own template does not parse: \(error)")
    }
  }()

  static let style = text(PackageResources.page_css)
  static let script = text(PackageResources.page_js)

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
