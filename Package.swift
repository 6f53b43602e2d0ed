// swift-tools-version: 6.2
import PackageDescription

/// One dialect for every target: what is unsafe is marked, what is imported is named, and a warning
/// is an error.
let dialect: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [])
  -> Target
{
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: dialect)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: dialect)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "oddport",
  products: [.executable(name: "oddport", targets: ["oddport"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
  ],
  targets: [
    // Floor 0: the C underneath, each library used by one module only.
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "CSimdjson", exclude: ["simdjson/LICENSE", "simdjson/README.md"],
      cxxSettings: [.headerSearchPath("simdjson"), .unsafeFlags(["-O3"])]),
    .target(name: "CBuild"),
    .target(name: "CExchange"),
    .target(name: "CMemory"),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "CPages", dependencies: [sqlite], cSettings: [.unsafeFlags(["-O3"])]),

    // Floor 0: what everything rests on.
    library("Facts", []),
    library("Diagnostics", []),
    library("Hashing", ["CCrypto"]),
    library("JSON", ["CSimdjson", "CKernels"]),

    // Floor 1.
    library("Archives", ["CKernels", "CZlib", "CZstd", "Diagnostics", "Facts", "Hashing"]),
    library("Telemetry", ["Facts", "JSON", "CKernels", "CZlib"]),
    library("Knowledge", ["Diagnostics", "Facts", yams]),

    // Floor 2.
    library("Scanning", ["Archives", "Diagnostics", "Facts", "Hashing", "JSON", "Telemetry"]),
    library("Hunting", ["Facts", "Hashing", "Knowledge"]),

    // Floor 3.
    library(
      "Bookkeeping",
      [
        "Archives", "CPages", "Diagnostics", "Facts", "Hashing", "Hunting", "Scanning", "Telemetry",
        grdb, sqlite,
      ]),
    library(
      "Reporting",
      [
        "CExchange", "Diagnostics", "Facts", "Hashing", "Hunting", "Knowledge", "Telemetry",
        mustache,
      ],
      // In the binary itself, which is all that is installed.
      resources: [
        .embedInCode("HTML/Page/page.css"), .embedInCode("HTML/Page/page.js"),
        .embedInCode("HTML/Page/page.mustache"),
      ]),

    // Floor 4.
    .executableTarget(
      name: "oddport",
      dependencies: [
        "Archives", "Bookkeeping", "CBuild", "CMemory", "Diagnostics", "Facts", "Hashing",
        "Hunting", "JSON", "Knowledge", "Reporting", "Scanning", "Telemetry", argumentParser,
      ],
      swiftSettings: dialect),

    // Nights whose truth is known: for the sample data, the benchmarks and the tests.
    library("SampleNights", ["CZlib", "CZstd"]),
    // The shipped feed, made of its sources: for `make intel` and its test.
    library("ShippedFeed", ["Diagnostics", "Knowledge"]),
    .executableTarget(
      name: "oddport-samples",
      dependencies: [
        "Archives", "Bookkeeping", "CZstd", "Diagnostics", "Facts", "JSON", "Knowledge",
        "SampleNights", "Scanning", "ShippedFeed", "Telemetry", argumentParser,
      ],
      swiftSettings: dialect),

    tests("ArchivesTests", ["Archives", "CZlib", "CZstd", "Diagnostics", "Facts", "Hashing"]),
    tests(
      "BookkeepingTests",
      ["Archives", "Bookkeeping", "Facts", "Hunting", "Knowledge", "SampleNights", "Scanning"]),
    tests("FactsTests", ["Facts"]),
    tests("HuntingTests", ["Facts", "Hunting", "Knowledge"]),
    tests("JSONTests", ["JSON", "Telemetry"]),
    tests("TelemetryTests", ["Facts", "JSON", "Telemetry"]),
    tests(
      "OddportTests",
      ["oddport", "oddport-samples", "Bookkeeping", "Knowledge", "SampleNights", subprocess],
      exclude: ["Golden"]),
    tests(
      "ReportingTests", ["Diagnostics", "Facts", "Hashing", "Hunting", "Knowledge", "Reporting"],
      exclude: ["Golden"]),
    tests(
      "SampleNightsTests",
      ["Archives", "Facts", "Hunting", "Knowledge", "SampleNights", "Scanning"]),
    tests("KnowledgeTests", ["Diagnostics", "Facts", "Knowledge", "ShippedFeed"]),
    tests(
      "ScanningTests",
      ["Archives", "CZstd", "Facts", "Hunting", "Knowledge", "Scanning", "Telemetry"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx20
)
