import Facts
import Knowledge

/// What Sysmon for Linux does not know of UDP: it names this machine as the destination, wherever a datagram
/// went (reported at github.com/microsoft/SysmonForLinux).
enum LinuxUDP {
  static func saysOwnEnd(_ source: Source, _ transport: String, _ scope: Address.Scope?) -> Bool {
    source == .linuxSysmon && scope == .loopback && transport == "udp"
  }
}

extension Finding {
  /// Whether its destination is this machine by the word of Sysmon for Linux alone.
  package var mayGoAnywhere: Bool {
    sources == [.linuxSysmon] && destinationScopes == [.loopback]
      && !reasons.contains { $0.evidence == .localAddress }
  }
}
