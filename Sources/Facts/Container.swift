/// How an archive's bytes are packed.
package enum Container: String, Sendable {
  case zstd, gzip, plain
}
