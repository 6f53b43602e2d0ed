import Archives
import Knowledge
import Reporting

/// What a run would do: the archives as comments, then its settings as a job file.
struct DryRun {
  let found: ArchiveFinder.Found
  let settings: HuntSettings

  var text: String {
    let sizes = found.archives.map(\.bytesOnDisk)
    let width = sizes.map { String($0).utf8.count }.max() ?? 0
    var lines = [
      "# would read \(count(found.archives.count, "archive")), \(count(sizes.reduce(0, +), "byte"))"
        + "; \(count(found.skipped.count, "other file")) passed over"
    ]
    for (file, size) in zip(found.archives, sizes) {
      let digits = String(size)
      let blanks = String(repeating: " ", count: width - digits.utf8.count)
      lines.append("#   \(blanks)\(digits)  \(Escaping.terminal(file.name))")
    }
    lines.append("# with these settings:")
    return lines.joined(separator: "\n") + "\n" + settings.job()
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)" + (number == 1 ? "" : "s")
  }
}
