// A server that takes webhooks, and keeps them for a test to look at.

import Crypto
import FlyingFox
import FlyingSocks
import FoundationEssentials
import Replicate
import Synchronization
import Testing

@testable import ReplicateSandbox

final class WebhookReceiver: Sendable {
    struct Delivery: Sendable {
        var target: String
        var headers: [String: String]
        var body: [UInt8]
        var time: ContinuousClock.Instant

        var json: JSON? { try? JSON(validating: body) }
        var status: String? { json?["status"]?.string }
        var id: String? { headers["webhook-id"] }

        /// Put together from the description of the signature, and not from what makes it.
        func isGenuine(_ secret: String) throws -> Bool {
            let key = try #require(Data(base64Encoded: String(secret.dropFirst("whsec_".count))))
            let signature = try #require(headers["webhook-signature"])
            let code = try #require(Data(base64Encoded: String(signature.dropFirst("v1,".count))))
            var content = Data("\(headers["webhook-id"] ?? "").\(headers["webhook-timestamp"] ?? "").".utf8)
            content.append(contentsOf: body)
            let isFresh = abs(Date().timeIntervalSince1970 - (Double(headers["webhook-timestamp"] ?? "") ?? 0)) < 60
            return signature.hasPrefix("v1,") && isFresh
                && HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content, using: .init(data: key))
        }
    }

    private struct State {
        var deliveries: [Delivery] = []
        var answers: [Int] = []
    }

    let port: UInt16
    private let state: Mutex<State>
    private let hangs: Bool

    private init(port: UInt16, answers: [Int], hangs: Bool) {
        self.port = port
        self.hangs = hangs
        state = Mutex(State(answers: answers))
    }

    /// - Parameters:
    ///   - port: 0 for a free one.
    ///   - answers: the statuses of the first answers; the others are 200.
    ///   - hangs: whether it never answers.
    static func run(
        port: UInt16 = 0, answers: [Int] = [], hangs: Bool = false, _ test: (WebhookReceiver) async throws -> Void
    ) async throws {
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), timeout: 3600, logger: .disabled)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try? await server.run() }
            try await server.waitUntilListening()
            guard case .ip4(_, let port) = await server.listeningAddress else { return }
            let receiver = WebhookReceiver(port: port, answers: answers, hangs: hangs)
            await server.appendRoute("*") { try await receiver.take($0) }
            try await test(receiver)
        }
    }

    func url(_ target: String = "/hook") -> String { "http://127.0.0.1:\(port)\(target)" }

    var deliveries: [Delivery] { state.withLock { $0.deliveries } }

    func await(_ count: Int) async throws -> [Delivery] {
        while deliveries.count < count { try await Task.sleep(for: .milliseconds(5)) }
        return deliveries
    }

    /// Up to the one that tells the end.
    func awaitEnd() async throws -> [Delivery] {
        while deliveries.last?.json?["completed_at"] == nil { try await Task.sleep(for: .milliseconds(5)) }
        return deliveries
    }

    private func take(_ request: HTTPRequest) async throws -> HTTPResponse {
        let query = request.target.query()
        var headers: [String: String] = [:]
        for header in request.headers { headers[header.key.rawValue.lowercased()] = header.value }
        let delivery = Delivery(
            target: request.target.path() + (query.isEmpty ? "" : "?\(query)"), headers: headers,
            body: Array(try await request.bodyData), time: .now)
        let status = state.withLock { state in
            state.deliveries.append(delivery)
            return state.answers.isEmpty ? 200 : state.answers.removeFirst()
        }
        if hangs { try await Task.sleep(for: .seconds(3600)) }
        return HTTPResponse(
            statusCode: HTTPStatusCode(status, phrase: "Status"), headers: [.location: url("/elsewhere")], body: Data("ok".utf8))
    }
}
