// Repeating calls on the virtual clock: which, how often, how long after, and what the error tells about a create.

import Synchronization
import Testing

@testable import Replicate

struct ClientRetryTests {
    private func send(_ call: Client.Call, _ client: Client) async throws(ReplicateError) -> Client.Answer {
        let patience = client.configuration.patience
        return try await client.send(call, patience, by: await client.deadline(patience))
    }

    @Test func aReadIsRepeatedAfterA500() async throws {
        let network = ScriptedNetwork([
            .json(500, "oops"), .fails(.receive, touched: true), .json(200, "{\"ok\":true}"),
        ])
        let answer = try await send(ClientSendTests.get, Client(network))
        #expect(answer.json["ok"]?.boolean == true)
        #expect(await network.sent.map(\.at) == [.zero, .milliseconds(250), .milliseconds(750)])
    }

    @Test(
        arguments: [
            (.json(500, "oops"), .network, .maybeSent), (.json(503, ""), .capacity, .maybeSent),
            (.json(408, ""), .network, .maybeSent),
            (.json(422, "{}"), .invalidInput, .rejected), (.json(402, "{}"), .billing, .rejected),
            (.json(302, ""), .protocol, .rejected),
            (.fails(.receive, touched: true), .network, .maybeSent),
            (.fails(.timeout(.idle), touched: true), .timeout, .maybeSent),
            (.fails(.setup, touched: false), .internal, .notSent),
            (.fails(.tooLarge("a body"), touched: true), .protocol, .maybeSent),
        ] as [(ScriptedNetwork.Step, ReplicateError.Kind, ReplicateError.Delivery)])
    func aCreateThatMayHaveArrivedOrWasRefusedIsSentOnce(
        _ step: ScriptedNetwork.Step, _ kind: ReplicateError.Kind, _ delivery: ReplicateError.Delivery
    ) async throws {
        let network = ScriptedNetwork([step])
        let client = try Client(network, ["max_retries": "5"])
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await send(ClientSendTests.create, client)
        }
        #expect(error.kind == kind)
        #expect(error.delivery == delivery)
        #expect(error.attempts == 1)
        #expect(await network.sent.count == 1)
    }

    /// Found in review: after a 429 it was sent again with a millisecond left, and nobody heard of what it made.
    @Test func aCreateIsNotSentAgainInTheLastMoment() async throws {
        let refusal = ScriptedNetwork.Step.json(429, "{}", [("retry-after", "1")]).taking(.milliseconds(800))
        let network = ScriptedNetwork([refusal], rest: .json(201, "{}"))
        let client = try Client(network, ["timeout_ms": "2000"])
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(ClientSendTests.create, client) }
        #expect(error.kind == .timeout && error.delivery == .rejected && error.attempts == 1)
        #expect(error.message == "the total timeout of 2000 ms passed before the request could be sent")
        #expect(await network.sent.count == 1)
    }

    @Test func aCreateIsRepeatedWhileNothingOfItArrivedWithTheSameBody() async throws {
        let network = ScriptedNetwork([
            .fails(.name, touched: false), .fails(.connect, touched: false), .json(201, "{}"),
        ])
        _ = try await send(ClientSendTests.create, Client(network))
        let sent = await network.sent
        #expect(sent.count == 3)
        #expect(sent.allSatisfy { $0.request.bodyText == "{}" && $0.request.url == sent[0].request.url })
    }

    @Test func aCreateThatNeverArrivedSaysSo() async throws {
        let network = ScriptedNetwork([], rest: .fails(.connect, touched: false))
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await send(ClientSendTests.create, client)
        }
        #expect(error.delivery == .notSent)
        #expect(error.attempts == 3)
        #expect(error.retryable)
    }

    @Test func aThrottledCreateIsRepeatedAfterTheTimeTheServerAskedFor() async throws {
        let network = ScriptedNetwork([
            .json(429, "{}", [("retry-after", "7")]), .json(429, "{\"retry_after\":3}"), .json(201, "{}"),
        ])
        _ = try await send(ClientSendTests.create, Client(network))
        let waits = await network.sleeps
        #expect(waits.count == 2)
        #expect((Duration.seconds(7)...Duration.milliseconds(7250)).contains(waits[0]))
        #expect((Duration.seconds(3)...Duration.milliseconds(3250)).contains(waits[1]))
    }

    @Test func theErrorListsItsAttempts() async throws {
        let network = ScriptedNetwork([
            ScriptedNetwork.Step.json(503, "{\"detail\":\"busy\"}").taking(.milliseconds(40)),
            ScriptedNetwork.Step.fails(.receive, touched: true).taking(.milliseconds(70)), .json(500, ""),
        ])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(ClientSendTests.get, client) }
        let tries = try #require(error.tries)
        #expect(
            tries.elements.map { "\($0["error"]?.string ?? "") \($0["status"]?.double ?? 0) \($0["seconds"]?.double ?? -1)" }
                == ["capacity 503.0 0.04", "network 0.0 0.07", "network 500.0 0.0"])
        #expect(tries.elements.map { $0["wait"]?.double } == [0.25, 0.5, nil])
        #expect(tries.elements.first?["message"]?.string == "busy")
    }

    @Test func onlyTheLastAttemptsAreListed() async throws {
        let network = ScriptedNetwork([], rest: .json(500, ""))
        let client = try Client(network, ["max_retries": "30", "timeout_ms": "10000000"])
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(ClientSendTests.get, client) }
        #expect(error.attempts == 31)
        #expect(error.tries?.elements.count == FailedAttempt.mostListed)
    }

    @Test func aRetryIsToldBeforeItsWait() async throws {
        let network = ScriptedNetwork([.json(503, "{}"), .json(200, "{}")])
        let told = Told()
        let client = try Client(network).observed { exchange in told.add(exchange) }
        _ = try await send(ClientSendTests.get, client)
        #expect(told.words == ["request 1", "response 1", "retry 1", "request 2", "response 2"])
    }

    @Test func aServerThatAsksForTooLongGetsNoSecondRequest() async throws {
        let network = ScriptedNetwork([.json(429, "{}", [("retry-after", "61")])])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await send(ClientSendTests.create, client)
        }
        #expect(error.kind == .rateLimited)
        #expect(error.retryAfter == 61)
        #expect(error.delivery == .rejected)
        #expect(await network.sleeps.isEmpty)
    }

    @Test(arguments: [0, 1, 2, 5])
    func attemptsAreRetriesPlusOne(_ retries: Int) async throws {
        for call in [ClientSendTests.get, ClientSendTests.cancel] {
            let network = ScriptedNetwork([], rest: .json(502, "bad gateway"))
            let client = try Client(network, ["max_retries": String(retries)])
            let error = try await #require(throws: ReplicateError.self) { _ = try await send(call, client) }
            #expect(error.attempts == retries + 1)
            #expect(error.delivery == nil)
            #expect(error.message == "bad gateway")
            #expect(await network.sent.count == retries + 1)
        }
    }

    @Test func theDeadlineStopsRetries() async throws {
        let network = ScriptedNetwork([], rest: .json(500, "").taking(.milliseconds(400)))
        let client = try Client(network, ["max_retries": "100", "timeout_ms": "5000"])
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(ClientSendTests.get, client) }
        #expect([.network, .timeout].contains(error.kind))
        let sent = await network.sent
        #expect((2...6).contains(sent.count))
        #expect(sent.allSatisfy { $0.at < .seconds(5) })
        for each in sent { #expect(each.request.limits.total == .seconds(5) - each.at, "an attempt has what is left") }
        #expect(await network.elapsed <= .seconds(5))
    }

    @Test func aRetryAfterBeyondTheDeadlineIsNotSlept() async throws {
        let network = ScriptedNetwork([.json(429, "{}", [("retry-after", "10")])])
        let client = try Client(network, ["timeout_ms": "5000"])
        let error = try await #require(throws: ReplicateError.self) { _ = try await send(ClientSendTests.get, client) }
        #expect(error.kind == .rateLimited)
        #expect(await network.elapsed == .zero)
    }

    @Test(
        arguments: [
            (.json(429, "{}"), .rejected), (.fails(.connect, touched: false), .notSent),
        ] as [(ScriptedNetwork.Step, ReplicateError.Delivery)])
    func canceledBetweenAttemptsTellsWhatBecameOfTheLastOne(
        _ step: ScriptedNetwork.Step, _ delivery: ReplicateError.Delivery
    ) async throws {
        let network = ScriptedNetwork([step], cancelingSleep: 1)
        let client = try Client(network)
        let result = await Task { try await send(ClientSendTests.create, client) }.result
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .canceled)
        #expect(error.delivery == delivery)
        #expect(error.attempts == 1)
    }

    @Test func canceledOnTheWayIsMaybeSent() async throws {
        let network = ScriptedNetwork([.canceled])
        let client = try Client(network)
        let result = await Task { try await send(ClientSendTests.create, client) }.result
        let error = try #require(throws: ReplicateError.self) { _ = try result.get() }
        #expect(error.kind == .canceled)
        #expect(error.delivery == .maybeSent)
        #expect(!error.retryable)
    }
}

/// What an observer was told.
private final class Told: Sendable {
    private let list = Mutex<[String]>([])

    var words: [String] { list.withLock { $0 } }

    func add(_ exchange: Exchange) {
        let word =
            switch exchange.moment {
            case .request: "request"
            case .response: "response"
            case .retry: "retry"
            }
        list.withLock { $0.append("\(word) \(exchange.attempt)") }
    }
}
