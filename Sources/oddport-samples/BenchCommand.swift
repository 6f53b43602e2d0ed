import ArgumentParser
import SampleNights

extension BenchLines.Kind: ExpressibleByArgument {}

/// How the large archive is packed.
enum Frames: String, CaseIterable, ExpressibleByArgument {
  case many, single
}

/// A number of bytes: `1G`, `200M`, `64K`, `4096`; in powers of 1024.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init?(argument: String) {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let unit = argument.last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? argument[...] : argument.dropLast()), number > 0,
      !number.multipliedReportingOverflow(by: unit ?? 1).overflow
    else { return nil }
    bytes = number * (unit ?? 1)
  }
}

/// A large archive for benchmarks, made in bounded memory.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Write one large archive, and say what is in it.")

  @Option(help: "mixed: as real logs. network: connections only.")
  var kind = BenchLines.Kind.mixed

  @Option(help: "Unpacked size, such as 1G or 200M.")
  var bytes: ByteCount

  @Option(help: "many: frames of 4 MiB that end on lines. single: one frame.")
  var frames = Frames.many

  @Option(help: "The same number gives the same lines.")
  var seed: UInt64 = 1571

  @Option(help: "Distinct connections by host, program, port and address.")
  var keys = 10_000

  @Option(help: "zstd's level.")
  var level: Int32 = 3

  @Option(help: "The archive to write.")
  var output: String

  mutating func validate() throws {
    guard keys > 0 else { throw ValidationError("--keys must be at least 1") }
    guard (1...22).contains(level) else { throw ValidationError("--level must be 1 to 22") }
  }

  mutating func run() throws {
    var lines = BenchLines(kind: kind, bytes: bytes.bytes, keys: keys, seed: seed)
    let file = try OutputFile(output)
    switch frames {
    case .many:
      while let piece = lines.next(4 << 20) {
        try file.append(Encoding.singleFrame.pack(piece, level: level, windowLog: 0))
      }
    case .single:
      var packer = try StreamPacker(level: level)
      while let piece = lines.next(4 << 20) {
        try file.append(packer.pack(piece, isLast: false))
      }
      try file.append(packer.pack([], isLast: true))
    }
    try file.close()
    let counts = lines.counts
    print(
      """
      {"bytes":\(counts.bytes),"connections":\(counts.connections),"keys":\(counts.keys),\
      "lines":\(counts.lines),"process_starts":\(counts.processStarts)}
      """)
  }
}
