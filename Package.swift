// swift-tools-version: 6.2
import PackageDescription

// libreplicate.so is one file a host can load anywhere: only replicate_* is visible, it can never be unmapped (a Swift
// runtime that is unloaded crashes its host), and it says which ABI it is.
let sharedLibraryFlags: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld",  // gold leaves Swift symbols visible in spite of the version script
            "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/ReplicateC/exports.map",
            "-Xlinker", "-soname=libreplicate.so.1",
            "-Xlinker", "-z", "-Xlinker", "nodelete",
            "-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now",
            "-Xlinker", "--gc-sections",
        ], .when(platforms: [.linux]))
]

let package = Package(
    name: "replicate",
    products: [
        .library(name: "Replicate", targets: ["Replicate"]),
        .library(name: "replicate", type: .dynamic, targets: ["ReplicateC"]),
        .executable(name: "replicate-sandbox", targets: ["ReplicateSandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CSystem"),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16")]),
        .target(name: "Replicate", dependencies: ["CCurl", "CSystem"]),
        .target(name: "CReplicate", path: "include", publicHeadersPath: "."),
        .target(
            name: "ReplicateC", dependencies: ["Replicate", "CReplicate", "CSystem"], exclude: ["exports.map"],
            linkerSettings: sharedLibraryFlags),
        .executableTarget(
            name: "ReplicateSandbox",
            dependencies: [
                "Replicate", "CPNG", .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "ReplicateTests", dependencies: ["Replicate", "CCurl", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(
            name: "ReplicateSandboxTests",
            dependencies: [
                "ReplicateSandbox", "Replicate", .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .treatAllWarnings(as: .error),
        ]
}
