import Archives
import Glibc
import Knowledge
import Scanning
import Telemetry

extension ScanOptions {
  init(_ settings: HuntSettings) {
    self.init()
    reading.timeSource = settings.timeSource
    reading.assumedSecondsEast = settings.assumedSecondsEast
    reading.hostField = settings.hostField
    reading.from = settings.from
    reading.to = settings.to
    limits.maximumLineBytes = settings.maximumLineBytes
    limits.maximumWindowBytes = settings.maximumWindowBytes
    limits.maximumRatio = settings.maximumRatio
    workers = settings.workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    chunkBytes = settings.chunkBytes
    checkAll = settings.checkAll
    dedupe = settings.dedupe
  }
}
