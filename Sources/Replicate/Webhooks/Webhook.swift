// Whether a webhook is genuine: its headers and the bytes of its body against the secret. No clock and no network; the time is
// an argument.

public struct Webhook: Sendable {
    /// The headers webhook-id, webhook-timestamp and webhook-signature; nil for one that did not come.
    public var id: String?
    public var timestamp: String?
    public var signature: String?

    public init(id: String?, timestamp: String?, signature: String?) {
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
    }

    /// How old, or how far ahead, a webhook may be: seconds.
    public static let tolerance: Int64 = 300
    /// How many signatures of one header are looked at.
    public static let mostSignatures = 32
    public static let longestHeader = 16 << 10
    public static let longestBody = 1 << 30

    /// Throws an error of the kind auth where the webhook is not to be believed, invalid_input where it, or another argument,
    /// is nothing that could be one.
    /// - Parameters:
    ///   - tolerance: seconds; nil to take one of any age.
    ///   - now: seconds since 1970.
    public func validate(
        body: UnsafeRawBufferPointer, secret: WebhookSecret, tolerance: Int64? = tolerance, now: Int64
    ) throws(ReplicateError) {
        guard body.count <= Self.longestBody else {
            throw ReplicateError(.invalidInput, "body has \(body.count) bytes; at most \(Self.longestBody) are taken")
        }
        if let tolerance, tolerance < 0 { throw ReplicateError(.invalidInput, "tolerance is below 0") }
        let id = try header(id, "webhook-id")
        let timestamp = try header(timestamp, "webhook-timestamp")
        let signature = try header(signature, "webhook-signature")
        try checkAge(timestamp, tolerance, now)
        let codes = try Self.codes(of: signature)
        let start = Array("\(id).\(timestamp).".utf8)
        let code = start.withUnsafeBytes { MessageCode([$0, body], key: secret.key) }
        var matches = false
        for each in codes where code.equals(each) { matches = true }
        guard matches else {
            throw ReplicateError(
                .auth,
                "no signature of the webhook matches: the secret is another one, or its id, time or body is not what was signed")
        }
    }

    private func header(_ value: String?, _ name: String) throws(ReplicateError) -> String {
        guard let value else { throw ReplicateError(.auth, "the header \(name) is missing") }
        guard !value.isEmpty else { throw ReplicateError(.auth, "the header \(name) is empty") }
        try CallerText.check(value, "the header \(name)", atMost: Self.longestHeader)
        return value
    }

    private func checkAge(_ timestamp: String, _ tolerance: Int64?, _ now: Int64) throws(ReplicateError) {
        guard timestamp.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let time = Int64(timestamp)
        else {
            throw ReplicateError(.auth, "the header webhook-timestamp is not a number of seconds since 1970")
        }
        guard let tolerance else { return }
        let (age, overflow) = now.subtractingReportingOverflow(time)
        guard !overflow, age.magnitude <= tolerance.magnitude else {
            let place = overflow ? "too far away" : age < 0 ? "\(age.magnitude) s ahead" : "\(age) s old"
            throw ReplicateError(.auth, "the webhook's timestamp is \(place), and \(tolerance) s are tolerated")
        }
    }

    /// The codes of the header's v1 signatures. What is none is passed over: others may be for newer programs.
    private static func codes(of header: String) throws(ReplicateError) -> [[UInt8]] {
        var codes: [[UInt8]] = []
        for entry in header.utf8.split(separator: UInt8(ascii: " ")).prefix(mostSignatures) where entry.starts(with: "v1,".utf8) {
            if let code = Base64.decode(entry.dropFirst(3)), code.count == MessageCode.length { codes.append(code) }
        }
        guard !codes.isEmpty else { throw ReplicateError(.auth, "the header webhook-signature has no v1 signature") }
        return codes
    }
}
