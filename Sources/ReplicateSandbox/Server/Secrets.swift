// The keys of one run of the server.

import FoundationEssentials

struct Secrets: Sendable {
    /// What webhooks are signed with, as the API tells it.
    let webhooks: String
    /// What links to files are signed with. Nothing tells it, so only who sets it can make such links.
    let files: [UInt8]

    init(files: String?) {
        webhooks = "whsec_" + Data(Self.random(24)).base64EncodedString()
        self.files = files.map { Array($0.utf8) } ?? Self.random(32)
    }

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
