/// A program that can be run: what Event ID 1 says of it.
package struct Program: Hashable, Sendable {
  package var image: String
  package var originalFileName: String
  package var description: String
  package var product: String
  package var company: String
  package var fileVersion: String
  package var commandLine: String
  package var parentImage: String
  package var parentCommandLine: String

  package init(
    _ image: String, original: String, _ description: String = "-",
    product: String = "Microsoft® Windows® Operating System",
    company: String = "Microsoft Corporation", version: String = "10.0.19041.4355",
    command: String? = nil, parent: String, parentCommand: String? = nil
  ) {
    self.image = image
    self.originalFileName = original
    self.description = description
    self.product = product
    self.company = company
    self.fileVersion = version
    self.commandLine = command ?? "\"\(image)\""
    self.parentImage = parent
    self.parentCommandLine = parentCommand ?? "\"\(parent)\""
  }

  /// The last part of the path.
  package var fileName: String { Program.fileName(of: image) }

  static func fileName(of path: String) -> String {
    String(path.split(whereSeparator: { $0 == "\\" || $0 == "/" }).last ?? "")
  }

  /// Hashes that belong to no file, but are the same for the same program everywhere.
  package var hashes: String {
    var random = SampleRandom(seed: 0x0dd_c0de, image, originalFileName)
    func hexadecimal(_ words: Int) -> String {
      (0..<words).map { _ in
        let digits = String(random.next(), radix: 16, uppercase: true)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined()
    }
    return "SHA256=\(hexadecimal(4))"
  }
}

/// One run of a program on a host.
package struct RunningProcess: Hashable, Sendable {
  package var program: Program
  package var hashes: String
  package var guid: SampleGuid
  package var processID: Int
  package var user: String
  package var started: Moment
  package var parentGuid: SampleGuid
  package var parentProcessID: Int
  package var logonGuid: SampleGuid
  /// `0x3e7` for SYSTEM.
  package var logonID: Int

  /// - Parameter serial: Unlike that of every other process of the host.
  package init(_ program: Program, on host: Host, as user: String, started: Moment, serial: Int) {
    self.program = program
    self.hashes = program.hashes
    self.user = user
    self.started = started
    let machine = UInt64(0x5a3c_0000 + host.number * 0x101)
    func guid(_ serial: Int, _ second: Int) -> SampleGuid {
      SampleGuid(
        high: machine << 32 | UInt64(second & 0xffff) << 16 | UInt64(second >> 16 & 0xffff),
        low: UInt64(serial) << 32 | UInt64(0x0600 + host.number))
    }
    let second = started.milliseconds / 1000
    self.guid = guid(serial, second)
    processID = 1000 + 4 * ((serial * 53 + host.number * 7) % 4000)
    parentGuid = guid(serial + 0x10000, second - 60)
    parentProcessID = 600 + 4 * (serial % 150)
    let isSystem = user.hasPrefix("NT AUTHORITY") || user == "root"
    logonID = isSystem ? 0x3e7 : 0x4a000 + host.number * 0x33
    logonGuid = guid(isSystem ? 0x20000 : 0x20001, 1_714_953_600)
  }
}
