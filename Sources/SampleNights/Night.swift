/// The archives of one day.
package struct Night: Sendable {
  /// One archive before it is packed.
  package struct Archive: Sendable {
    /// `2024-05-06/workstations`, without an ending.
    package var name: String
    package var shape: EventFormat
    package var encoding: Encoding
    package var events: [LogicalEvent]

    /// `2024-05-06/workstations.jsonl.zst`.
    package var path: String { name + encoding.ending }

    /// The lines, each with its end.
    package func lines() -> [UInt8] {
      var bytes: [UInt8] = []
      for event in events {
        bytes.append(contentsOf: shape.bytes(event))
        bytes.append(UInt8(ascii: "\n"))
      }
      return bytes
    }
  }

  /// Counted from 0.
  package let day: Int
  package let archives: [Archive]

  /// Makes one day of a company.
  ///
  /// - Complexity: O(*n*) in the day's events; the days before are not made.
  package init(of company: Company, day: Int) {
    self.day = day
    var planted: [String: [LogicalEvent]] = [:]
    for plant in Plants.all {
      for (on, event) in plant.events(in: company) where on == day {
        planted[event.host.name, default: []].append(event)
      }
    }
    let date = Company.midnight(day).dateText
    archives = company.groups.filter { $0.days.contains(day) }.flatMap { group in
      var events: [LogicalEvent] = []
      for host in group.hosts {
        let ordinary =
          Background.events(of: host, day: day, seed: company.seed)
          + Routine.events(of: host, day: day, seed: company.seed)
        events += Night.numbered(ordinary + (planted[host.name] ?? []), on: host, day: day)
      }
      events = Night.collected(events)
      let encoding = group.encodings[day]
      var archives = [
        Archive(
          name: "\(date)/\(group.name)", shape: group.shape, encoding: encoding, events: events)
      ]
      if let apart = group.startsApart {
        func isApart(_ event: LogicalEvent) -> Bool {
          event.host.name == apart && event.kind == .processStart
        }
        archives[0].events = events.filter { !isApart($0) }
        archives.append(
          Archive(
            name: "\(date)/\(group.name)-process-starts", shape: group.shape,
            encoding: .singleFrame, events: events.filter(isApart)))
      }
      return archives
    }
  }

  /// Gives each event log of a host its record numbers, in the order of record times.
  private static func numbered(_ events: [LogicalEvent], on host: Host, day: Int) -> [LogicalEvent]
  {
    let order = events.indices.sorted {
      (events[$0].recordTime, $0) < (events[$1].recordTime, $1)
    }
    var next: [String: Int] = [:]
    return order.map { at in
      var event = events[at]
      let channel = event.logHead.channel
      let number = next[channel] ?? host.number * 1_000_000 + day * 20_000
      event.recordNumber = number
      next[channel] = number + 1
      return event
    }
  }

  /// As a collector writes them: each machine ships what an hour brought, one after the other.
  private static func collected(_ events: [LogicalEvent]) -> [LogicalEvent] {
    let order = events.indices.sorted {
      let hours = (
        events[$0].recordTime.milliseconds / 3_600_000,
        events[$1].recordTime.milliseconds / 3_600_000
      )
      return (hours.0, $0) < (hours.1, $1)
    }
    return order.map { events[$0] }
  }
}
