// What an account's webhooks are signed with, as the API tells it: "whsec_" and the key in base64. It is in no message.

public struct WebhookSecret: Sendable {
    let key: [UInt8]

    public init(_ text: String) throws(ReplicateError) {
        try CallerText.check(text, "secret", atMost: CallerText.longestOption)
        let start = "whsec_"
        guard text.hasPrefix(start) else { throw ReplicateError(.invalidInput, "secret does not begin with whsec_") }
        guard let key = Base64.decode(text.utf8.dropFirst(start.utf8.count)), !key.isEmpty else {
            throw ReplicateError(.invalidInput, "secret is not whsec_ and base64")
        }
        self.key = key
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "whsec_…" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
