// Which webhooks are believed: the vectors of Replicate's own clients, everything that may be changed in one, and what headers
// may look like.

import Testing

@testable import Replicate

struct WebhookTests {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let time: Int64 = 1_614_265_330
    static let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    static let wrong = "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo="
    static let mismatch = "no signature of the webhook matches"

    struct Message: Sendable {
        var id: String? = "msg_p5jXN8AQM9LWM0D4loKWxJek"
        var timestamp: String? = "1614265330"
        var signature: String? = WebhookTests.good
        var body = Array(#"{"test": 2432232314}"#.utf8)
        var secret = WebhookTests.secret

        /// Nil where it is believed, else the error.
        func fault(tolerance: Int64? = nil, now: Int64 = WebhookTests.time) -> ReplicateError? {
            do throws(ReplicateError) {
                let webhook = Webhook(id: id, timestamp: timestamp, signature: signature)
                let secret = try WebhookSecret(secret)
                let result = body.withUnsafeBytes { body in
                    Result { () throws(ReplicateError) in
                        try webhook.validate(body: body, secret: secret, tolerance: tolerance, now: now)
                    }
                }
                try result.get()
                return nil
            } catch {
                return error
            }
        }
    }

    private func expect(
        _ message: Message, _ kind: ReplicateError.Kind, _ words: String, tolerance: Int64? = nil, now: Int64 = time,
        location: SourceLocation = #_sourceLocation
    ) {
        let fault = message.fault(tolerance: tolerance, now: now)
        #expect(
            fault?.kind == kind && fault?.message.contains(words) == true, "\(String(describing: fault))",
            sourceLocation: location)
        #expect(fault?.description.contains("MfKQ9r8G") == false, sourceLocation: location)
    }

    @Test(arguments: [
        Message(),
        Message(signature: "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44=", secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        Message(
            timestamp: "1700000000", signature: "v1,oo4C2M/AiwlTF3pvG/w4r89fOsD0bCxMWyU3WB1H+BY=",
            body: Array(#"{"id":"p1","status":"succeeded","output":"héllo 世界"}"#.utf8)),
        Message(signature: "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A=", body: []),
        Message(signature: "\(good) \(wrong) v2,MzJsNDk4MzI0K2VvdSMjMTEjQEBAQDEyMzMzMzEyMwo="),
    ])
    func vector(_ message: Message) {
        #expect(message.fault() == nil)
    }

    @Test func headersThatAreMissing() {
        expect(Message(id: nil), .auth, "the header webhook-id is missing")
        expect(Message(timestamp: nil), .auth, "the header webhook-timestamp is missing")
        expect(Message(signature: nil), .auth, "the header webhook-signature is missing")
        expect(Message(id: ""), .auth, "the header webhook-id is empty")
        expect(Message(timestamp: ""), .auth, "the header webhook-timestamp is empty")
        expect(Message(signature: ""), .auth, "the header webhook-signature is empty")
    }

    @Test func headersThatAreTooLong() {
        let long = String(repeating: "1", count: Webhook.longestHeader)
        expect(Message(id: long), .auth, Self.mismatch)
        expect(Message(id: long + "1"), .invalidInput, "the header webhook-id has 16385 bytes")
        expect(Message(timestamp: long + "1"), .invalidInput, "the header webhook-timestamp has 16385 bytes")
        expect(Message(signature: long), .auth, "has no v1 signature")
        expect(Message(signature: long + "1"), .invalidInput, "the header webhook-signature has 16385 bytes")
    }

    // ---- Time

    @Test(arguments: [0, 1, 299, 300, -1, -299, -300] as [Int64])
    func isInTime(_ seconds: Int64) {
        #expect(Message().fault(tolerance: Webhook.tolerance, now: Self.time + seconds) == nil)
    }

    @Test(
        arguments: [
            (412, 300, "the webhook's timestamp is 412 s old, and 300 s are tolerated"), (301, 300, "301 s old"),
            (-301, 300, "301 s ahead"),
            (1, 0, "1 s old, and 0 s are tolerated"), (-1, 0, "1 s ahead"), (1_000_000_000, 999_999_999, "1000000000 s old"),
        ] as [(Int64, Int64, String)])
    func isNotInTime(_ seconds: Int64, _ tolerance: Int64, _ words: String) {
        expect(Message(), .auth, words, tolerance: tolerance, now: Self.time + seconds)
    }

    @Test func farAwayTimes() {
        expect(Message(timestamp: "9223372036854775807"), .auth, "too far away", tolerance: .max, now: -2)
        expect(Message(timestamp: "9223372036854775807"), .auth, "s ahead", tolerance: .max - 1, now: 0)
        expect(Message(timestamp: "9223372036854775807"), .auth, Self.mismatch, tolerance: .max, now: 0)
        expect(Message(timestamp: "0"), .auth, Self.mismatch, tolerance: .max, now: .max)
        expect(Message(), .invalidInput, "tolerance is below 0", tolerance: -1)
        expect(Message(), .invalidInput, "tolerance is below 0", tolerance: .min)
    }

    @Test(arguments: [
        "x", "-1614265330", "+1614265330", " 1614265330", "1614265330 ", "1614265330.0", "1614265330s", "1e9", "0x10", "९",
        "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "1614265330\n", "1,614,265,330",
    ])
    func timestampThatIsNone(_ timestamp: String) {
        expect(Message(timestamp: timestamp), .auth, "the header webhook-timestamp is not a number of seconds since 1970")
    }

    /// What is signed is the text, and not its value.
    @Test func timestampWithZeros() {
        expect(Message(timestamp: "01614265330"), .auth, Self.mismatch)
    }

    // ---- Signatures

    @Test(arguments: [
        "\(wrong) \(good)", "\(good) \(good)", "  \(good)  ", "v1,x \(good)", "v1, \(good)", ", ,, \(good)", "v1 \(good)",
        "v1,\(String(repeating: "A", count: 9000)) \(good)", "v1,Zg== \(good)", "v2,x v3 é \(good)",
        String(repeating: "\(wrong) ", count: 31) + good, String(repeating: "x ", count: 31) + good,
    ])
    func oneOfSeveral(_ header: String) {
        #expect(Message(signature: header).fault() == nil)
    }

    @Test func theThirtyThirdIsNotLookedAt() {
        expect(Message(signature: String(repeating: "\(Self.wrong) ", count: 32) + Self.good), .auth, Self.mismatch)
        expect(Message(signature: String(repeating: "x ", count: 32) + Self.good), .auth, "has no v1 signature")
    }

    @Test(arguments: ["v2", "v11", "v1a", "V1", "v", "1", "", "v1,v1", "v01", "\"v1", "v1;", "v１", "v1\t"])
    func labelOfAnotherVersion(_ label: String) {
        expect(Message(signature: label + Self.good.dropFirst(2)), .auth, "the header webhook-signature has no v1 signature")
    }

    @Test(arguments: [
        good.replacing("=", with: ""), good + "=", good.replacing(",", with: ", "), good.replacing("v1,", with: "v1:"),
        good.replacing("+", with: "-"), good + ",", good.replacing("v1,", with: "v1,,"), good.replacing(" ", with: "\t") + "\t",
        "v1,",
        "v1", " ",
    ])
    func signatureThatIsNone(_ header: String) {
        expect(Message(signature: header), .auth, "has no v1 signature")
    }

    @Test func everyBitCounts() {
        func flipped(_ text: String, _ bit: Int) -> String? {
            var bytes = Array(text.utf8)
            bytes[bit / 8] ^= 1 << (bit % 8)
            return String(validating: bytes, as: UTF8.self)
        }
        let message = Message()
        for bit in 0..<message.body.count * 8 {
            var changed = message
            changed.body[bit / 8] ^= 1 << (bit % 8)
            #expect(changed.fault()?.message.hasPrefix(Self.mismatch) == true, "bit \(bit) of the body")
        }
        for (name, field) in [("id", \Message.id), ("timestamp", \Message.timestamp), ("signature", \Message.signature)] {
            let text = message[keyPath: field] ?? ""
            for bit in 0..<text.utf8.count * 8 {
                guard let other = flipped(text, bit) else { continue }  // not UTF-8: refused where it comes in
                var changed = message
                changed[keyPath: field] = other
                #expect(changed.fault()?.kind == .auth, "bit \(bit) of the \(name)")
            }
        }
    }

    /// The dots between id, time and body are a part of what is signed; moving one changes nothing of the text.
    @Test func partsThatAreShifted() {
        expect(Message(id: "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330"), .auth, Self.mismatch)
        expect(Message(body: []), .auth, Self.mismatch)
        var shorter = Message()
        shorter.body.removeLast()
        expect(shorter, .auth, Self.mismatch)
        shorter.body += Array("} ".utf8)
        expect(shorter, .auth, Self.mismatch)
    }

    // ---- The secret

    @Test(arguments: [
        "", "whsec", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec-MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + String(repeating: "MfKQ9r8G", count: 4096),
    ])
    func secretThatIsNone(_ secret: String) {
        expect(Message(secret: secret), .invalidInput, "secret ")
    }

    @Test func secretIsNotShown() throws {
        let secret = try WebhookSecret(Self.secret)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", "\([secret])", String(reflecting: secret), "\(Optional(secret) as Any)", dumped] {
            #expect(!text.contains("MfKQ9r8G") && !text.contains("242"), "\(text)")
        }
    }

    @Test func bodyThatIsTooLong() throws {
        // Only its length is looked at.
        let body = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: 4096), count: Webhook.longestBody + 1)
        let webhook = Webhook(id: "a", timestamp: "1", signature: Self.good)
        let secret = try WebhookSecret(Self.secret)
        #expect { try webhook.validate(body: body, secret: secret, now: 1) } throws: {
            ($0 as? ReplicateError)?.message == "body has 1073741825 bytes; at most 1073741824 are taken"
        }
    }
}
