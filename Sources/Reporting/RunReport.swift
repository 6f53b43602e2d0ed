package import Facts

extension Report {
  /// `run.json`, schema `oddport.run/1`: what depends on the run and its clock, and so is in no report.
  package func run(at time: UTCTime, night: Int) -> [UInt8] {
    let run: JSONOutput = [
      "schema": "oddport.run/1",
      "tool_version": .string(detection.toolVersion),
      "told": .string(time.iso8601),
      "night": .int(night),
      "summary": .string(verdictLine),
      "reading": readingOfRun.json,
    ]
    return run.indented()
  }
}
