/// Maps jobs concurrently, at most `limit` at a time, and reduces the results one by one.
///
/// - Parameters:
///   - jobs: What is to be done; drawn one by one, so it may be lazy.
///   - limit: The most jobs in flight, and so the most results in memory; at least 1.
///   - map: Does one job, in a task of its own. Its first error cancels the others.
///   - reduce: Takes the results in any order, never two at once: it may change the caller's
///     variables without a lock.
/// - Throws: What `map` or `reduce` throws, or `CancellationError`.
package func mapReduce<Job: Sendable, Partial: Sendable>(
  _ jobs: some Sequence<Job>,
  atMost limit: Int,
  map: @escaping @Sendable (Job) throws -> Partial,
  reduce: (Partial) throws -> Void
) async throws {
  precondition(limit > 0, "no job could ever start")
  try await withThrowingTaskGroup(of: Partial.self) { group in
    var waiting = jobs.makeIterator()
    for _ in 0..<limit {
      guard let job = waiting.next() else { break }
      group.addTask { try map(job) }
    }
    while let partial = try await group.next() {
      if let job = waiting.next() { group.addTask { try map(job) } }
      try reduce(partial)
    }
  }
}
