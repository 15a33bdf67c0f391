// Real clients for loopback servers, and the little operations that tests run on them.

import Testing

@testable import Replicate

extension NetworkRunner {
    convenience init(_ server: LoopbackServer, connections: Int = 64) throws {
        let options = try Options([
            "auth": Client.testToken, "base_url": server.base, "connections_per_host": String(connections),
        ])
        try self.init(Configuration(options: options, environment: { _ in nil }))
    }

    /// Starts an operation on a runner that has not stopped.
    func begin(_ operation: @escaping @Sendable (Client) async -> Void) throws -> Task<Void, Never> {
        try #require(start(operation))
    }
}

extension LoopbackServer {
    /// Takes requests and never answers.
    static func silent() throws -> LoopbackServer { try LoopbackServer { _ in [] } }
}

extension Client {
    /// Sends a small POST; nil when it was answered.
    func postFailure(_ url: String) async -> TransportFailure? {
        do {
            _ = try await network.send(HTTPRequest(method: .post, url: url, body: [1, 2, 3]))
            return nil
        } catch {
            return error
        }
    }
}
