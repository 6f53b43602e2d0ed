private import CSimdjson

/// The library that parses JSON.
package enum JSONLibrary {
  /// Name and version, such as `simdjson 3.0.1`.
  package static var nameAndVersion: String {
    unsafe "simdjson " + String(cString: json_library_version())
  }
}
