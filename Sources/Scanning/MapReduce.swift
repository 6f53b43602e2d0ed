/// What a result gives to do.
package struct FollowUp<Job: Sendable>: Sendable {
  /// Done before everything that waits.
  package var next: [Job]
  /// Done once nothing else waits.
  package var last: [Job]

  package init(next: [Job] = [], last: [Job] = []) {
    self.next = next
    self.last = last
  }
}

/// Maps jobs concurrently, at most `limit` at a time, and reduces the results one by one.
///
/// - Parameters:
///   - jobs: What is to be done; drawn one by one, so it may be lazy.
///   - limit: The most jobs in flight, and so the most results in memory; at least 1.
///   - map: Does one job, in a task of its own. Its first error cancels the others.
///   - reduce: Takes the results in any order, never two at once: it may change the caller's
///     variables without a lock. Says what else is to be done because of the result.
/// - Throws: What `map` or `reduce` throws, or `CancellationError`.
package func mapReduce<Job: Sendable, Partial: Sendable>(
  _ jobs: some Sequence<Job>,
  atMost limit: Int,
  map: @escaping @Sendable (Job) async throws -> Partial,
  reduce: (Partial) async throws -> FollowUp<Job>
) async throws {
  precondition(limit > 0, "no job could ever start")
  try await withThrowingTaskGroup(of: Partial.self) { group in
    var first: [Job] = []
    var waiting = jobs.makeIterator()
    var last: [Job] = []
    var inFlight = 0
    repeat {
      while inFlight < limit, let job = first.popLast() ?? waiting.next() ?? last.popLast() {
        group.addTask { try await map(job) }
        inFlight += 1
      }
      guard let partial = try await group.next() else { break }
      inFlight -= 1
      let followUp = try await reduce(partial)
      first += followUp.next.reversed()
      last.insert(contentsOf: followUp.last.reversed(), at: 0)
    } while true
  }
}
