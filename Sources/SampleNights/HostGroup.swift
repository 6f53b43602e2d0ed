/// Machines whose events one shipper collects into one archive a night.
package struct HostGroup: Sendable {
  /// The archive's name without its ending.
  package var name: String
  package var shape: EventFormat
  package var hosts: [Host]
  /// The days, counted from 0, on which there is an archive.
  package var days: [Int]
  /// How the archive of each of the company's days is packed.
  package var encodings: [Encoding]
  /// This host's process starts go into an archive of their own.
  package var startsApart: String?
}
