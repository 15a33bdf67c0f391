// What webhooks say, to whom, and in which order; and what becomes of one that is not taken.

import Replicate
import Synchronization
import Testing

@testable import ReplicateSandbox

@Suite(.serialized, .timeLimit(.minutes(10))) struct WebhookTests {
    /// Known to every client of the service.
    @Test(arguments: [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330, #"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", 1_614_265_330, #"{"test": 2432232314}"#,
            "v1,78nXHjpFP0tVJQW5D0SBwmVyyW87BV/rL6MgfM/Bw44="
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_700_000_000,
            #"{"id":"p1","status":"succeeded","output":"héllo 世界"}"#, "v1,oo4C2M/AiwlTF3pvG/w4r89fOsD0bCxMWyU3WB1H+BY="
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330, "",
            "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A="
        ),
    ])
    func signatures(secret: String, timestamp: Int64, body: String, signature: String) {
        let text = WebhookSignature.text(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: timestamp, body: Array(body.utf8), secret: secret)
        #expect(text == signature)
    }

    @Test(arguments: [
        ("http://127.0.0.1:81/a?b=c#d", "127.0.0.1", 81, "/a?b=c"), ("HTTP://LocalHost", "127.0.0.1 ::1", 80, "/"),
        ("http://[::1]:9?x", "::1", 9, "/?x"), ("http://127.9.9.9/%20", "127.9.9.9", 80, "/%20"),
        ("http://[::1]", "::1", 80, "/"),
    ])
    func addresses(url: String, hosts: String, port: UInt16, target: String) throws {
        let address = try #require(WebhookAddress(url))
        #expect(address.hosts.joined(separator: " ") == hosts && address.port == port && address.target == target)
    }

    @Test(arguments: [
        "https://127.0.0.1/", "http://example.org/", "http://127.0.0.1.example.org", "http://10.0.0.1/", "http://127.0.0.1:0/",
        "http://user@127.0.0.1/", "http://127.0.0.1:65536/", "http://127.0.0.1:x/", "http://", "http://127.0.0.1/\r\nX: y",
    ])
    func otherAddressesAreLeftAlone(url: String) { #expect(WebhookAddress(url) == nil) }

    @Test func attemptsEndAboutAMinuteAfterTheEnd() {
        let waits = zip(WebhookCourier.attempts.dropFirst(), WebhookCourier.attempts).map { $0 - $1 }
        #expect(zip(waits.dropFirst(), waits).allSatisfy { $0 > $1 } && WebhookCourier.attempts.last == 60)
    }

    @Test func oneReceiverLeavesRoomForOthers() async throws {
        let slots = DeliverySlots(limit: 3, perReceiver: 2)
        for _ in 1...2 { #expect(await slots.take("a")) }
        async let third = slots.take("a")
        while await slots.waiting < 1 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(await slots.take("b"))
        async let other = slots.take("c")
        while await slots.waiting < 2 { try await Task.sleep(for: .milliseconds(1)) }
        await slots.give("a")
        #expect(await third)
        await slots.close()
        #expect(await !other)
        #expect(await !slots.take("d"))
    }

    private static func body(_ input: String, _ url: String, _ filter: String? = nil) -> String {
        let filter = filter.map { #","webhook_events_filter":\#($0)"# } ?? ""
        return #"{"input":\#(input),"webhook":"\#(url)"\#(filter)}"#
    }

    private static let all = #"["start","output","logs","completed"]"#

    @Test func everyEventIsTold() async throws {
        try await WebhookReceiver.run { receiver in
            try await LocalSandbox.run(speed: 1) { sandbox in
                let secret = try #require(await sandbox.call("GET", "/v1/webhooks/default/secret")["key"]?.string)
                let input = #"{"prompt":"x","seed":1,"max_tokens":130,"tokens_per_second":100}"#
                let id = try await sandbox.create(
                    "/v1/models/sandbox/story/predictions", Self.body(input, receiver.url("/hook?own=1&two=%20"), Self.all))
                let all = try await receiver.awaitEnd()
                for delivery in all {
                    #expect(try delivery.isGenuine(secret))
                    #expect(delivery.target == "/hook?own=1&two=%20" && delivery.headers["content-type"] == "application/json")
                    #expect(delivery.json?["id"]?.string == id)
                }
                #expect(Set(all.compactMap(\.id)).count == all.count)
                #expect(all.first?.json?["output"]?.isNull == true && all.first?.json?["logs"]?.string == "")
                #expect(all.dropLast().allSatisfy { $0.status == "processing" } && all.last?.status == "succeeded")
                let counts = all.map { $0.json?["output"]?.elements.count ?? 0 }
                #expect(counts == counts.sorted() && counts.last == 130)
                #expect(all.last?.body == (await sandbox.call("GET", "/v1/predictions/\(id)")).answer.body)
                #expect((4...6).contains(all.count), "start, logs, output after 0, 0.5 and perhaps 1 s, completed")
            }
        }
    }

    @Test func outputIsNotToldTooOften() async throws {
        try await WebhookReceiver.run { receiver in
            try await LocalSandbox.run(speed: 1) { sandbox in
                let input = #"{"prompt":"x","seed":1,"max_tokens":1000000,"tokens_per_second":2000}"#
                _ = try await sandbox.create(
                    "/v1/models/sandbox/story/predictions", Self.body(input, receiver.url(), #"["output"]"#))
                let times = try await receiver.await(3).map(\.time)
                #expect(zip(times.dropFirst(), times).allSatisfy { $0 - $1 >= .milliseconds(500) })
            }
        }
    }

    @Test(arguments: [
        ("replicate/hello-world", #"{"text":"x"}"#, nil, ["succeeded"]),
        ("replicate/hello-world", #"{"text":"x"}"#, #"["start","completed"]"#, ["processing", "succeeded"]),
        ("sandbox/fail", "{}", #"["completed"]"#, ["failed"]),
        ("sandbox/story", #"{"prompt":"x","fail_after_tokens":3,"tokens_per_second":5}"#, nil, ["processing", "failed"]),
    ])
    func onlyWhatIsAskedFor(model: String, input: String, filter: String?, statuses: [String]) async throws {
        try await WebhookReceiver.run { receiver in
            try await LocalSandbox.run(speed: 1) { sandbox in
                let path = "/v1/models/\(model)/predictions"
                let id = try await sandbox.create(path, Self.body(input, receiver.url(), filter))
                _ = await sandbox.services.predictions.ended(id)
                #expect(try await receiver.awaitEnd().map(\.status) == statuses)
            }
        }
    }

    @Test func aTrainingIsToldToo() async throws {
        try await WebhookReceiver.run { receiver in
            try await LocalSandbox.run { sandbox in
                let model = #"{"owner":"sandbox","name":"mine","visibility":"private","hardware":"cpu"}"#
                #expect(await sandbox.call("POST", "/v1/models", model).status == 201)
                let base = try await sandbox.version(of: "sandbox/trainable")
                let body = #"{"destination":"sandbox/mine","input":{"text":"one two"},"webhook":"\#(receiver.url())"}"#
                let id = try await sandbox.create("/v1/models/sandbox/trainable/versions/\(base)/trainings", body)
                let end = try await receiver.awaitEnd()
                #expect(end.map(\.body) == [await sandbox.call("GET", "/v1/trainings/\(id)").answer.body])
            }
        }
    }

    @Test(arguments: [([500, 404, 503], 4), ([302], 1), ([204], 1), ([Int](repeating: 500, count: 9), 7)])
    func onlyTheEndIsToldAgain(answers: [Int], count: Int) async throws {
        try await WebhookReceiver.run(answers: [500] + answers) { receiver in
            let reports = Reports()
            try await LocalSandbox.run(report: reports.add) { sandbox in
                let secret = try #require(await sandbox.call("GET", "/v1/webhooks/default/secret")["key"]?.string)
                let body = Self.body(#"{"text":"x"}"#, receiver.url(), #"["start","completed"]"#)
                let id = try await sandbox.create("/v1/models/replicate/hello-world/predictions", body)
                while await sandbox.services.predictions.watched[id] != nil { try await Task.sleep(for: .milliseconds(5)) }
                let all = receiver.deliveries
                #expect(all.map(\.status) == ["processing"] + Array(repeating: "succeeded", count: count))
                #expect(Set(all.dropFirst().compactMap(\.id)).count == 1 && all.first?.id != all.last?.id)
                for delivery in all { #expect(try delivery.isGenuine(secret) && delivery.target == "/hook") }
                #expect(reports.all.count == 1 + answers.prefix(7).filter { $0 >= 400 }.count)
            }
        }
    }

    @Test func aReceiverThatComesLateIsToldTheEnd() async throws {
        var port: UInt16 = 0
        try await WebhookReceiver.run { port = $0.port }
        let reports = Reports()
        try await LocalSandbox.run(speed: 10, report: reports.add) { sandbox in
            let body = Self.body(#"{"text":"x"}"#, "http://localhost:\(port)/hook")
            _ = try await sandbox.create("/v1/models/replicate/hello-world/predictions", body)
            while reports.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            try await WebhookReceiver.run(port: port) { receiver in
                let all = try await receiver.awaitEnd()
                #expect(all.map(\.status) == ["succeeded"])
            }
        }
    }

    @Test func aReceiverThatHangsHoldsNothingUp() async throws {
        try await WebhookReceiver.run(hangs: true) { hanging in
            try await WebhookReceiver.run { receiver in
                try await LocalSandbox.run(webhookAnswerSeconds: 3600) { sandbox in
                    let path = "/v1/models/replicate/hello-world/predictions"
                    for _ in 0..<20 { _ = try await sandbox.create(path, Self.body(#"{"text":"x"}"#, hanging.url())) }
                    #expect(try await hanging.await(8).count == 8)
                    let id = try await sandbox.create(path, Self.body(#"{"text":"y"}"#, receiver.url()))
                    #expect(try await receiver.awaitEnd().map(\.status) == ["succeeded"])
                    #expect(await sandbox.call("GET", "/v1/predictions/\(id)")["status"]?.string == "succeeded")
                    #expect(hanging.deliveries.count == 8)
                }
            }
        }
    }

    @Test func aReceiverThatHangsIsLeft() async throws {
        try await WebhookReceiver.run(hangs: true) { hanging in
            let reports = Reports()
            try await LocalSandbox.run(webhookAnswerSeconds: 0.05, report: reports.add) { sandbox in
                let path = "/v1/models/replicate/hello-world/predictions"
                _ = try await sandbox.create(path, Self.body(#"{"text":"x"}"#, hanging.url()))
                #expect(Set(try await hanging.await(7).compactMap(\.id)).count == 1)
            }
        }
    }

    @Test func elsewhereNothingIsPosted() async throws {
        let reports = Reports()
        try await LocalSandbox.run(report: reports.add) { sandbox in
            let body = Self.body(#"{"text":"x"}"#, "https://example.org/hook")
            let id = try await sandbox.create("/v1/models/replicate/hello-world/predictions", body, prefer: "wait")
            while await sandbox.services.predictions.watched[id] != nil { try await Task.sleep(for: .milliseconds(5)) }
            #expect(reports.all.count == 1 && reports.all.first?.contains("https://example.org/hook is not posted") == true)
        }
    }
}

private final class Reports: Sendable {
    private let sentences = Mutex<[String]>([])

    var all: [String] { sentences.withLock { $0 } }

    @Sendable func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
}
