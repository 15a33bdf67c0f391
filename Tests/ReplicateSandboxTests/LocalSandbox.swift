// A sandbox without a network: its services run beside a test, which calls the operations one by one.

import Replicate
import Testing

@testable import ReplicateSandbox

struct LocalSandbox: Sendable {
    let services: Services
    static let base = "http://127.0.0.1:1"

    static func run(
        speed: Double = 1000, filesSecret: String? = nil, webhookAnswerSeconds: Double = 5,
        report: @escaping @Sendable (String) -> Void = { _ in }, _ test: (LocalSandbox) async throws -> Void
    ) async throws {
        let services = try await Services(
            speed: speed, filesSecret: filesSecret, webhookAnswerSeconds: webhookAnswerSeconds, report: report)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await services.run() }
            group.addTask {
                while !Task.isCancelled {
                    await services.advance()
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            do {
                try await test(LocalSandbox(services: services))
            } catch {
                await services.close()
                group.cancelAll()
                throw error
            }
            await services.close()
            group.cancelAll()
        }
    }

    func call(
        _ method: String, _ target: String, _ body: String = "", type: String? = nil, token: String? = "Bearer t",
        prefer: String? = nil
    ) async -> Reply {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let request = APIRequest(
            method: method, path: parts.first ?? "", query: parts.count == 2 ? parts.last ?? "" : "",
            authorization: token,
            host: "127.0.0.1:1", prefer: prefer, contentType: type, body: .bytes(Array(body.utf8)))
        return Reply(answer: await API(services: services).answer(request))
    }

    /// Creates what the body says and returns its id.
    func create(_ target: String, _ body: String, type: String? = nil, prefer: String? = nil) async throws -> String {
        let reply = await call("POST", target, body, type: type, prefer: prefer)
        #expect(reply.status == 201, "\(reply.text)")
        return try #require(reply["id"]?.string)
    }

    /// The latest version's id.
    func version(of model: String) async throws -> String {
        try #require(await call("GET", "/v1/models/\(model)")[pointer: "/latest_version/id"]?.string)
    }
}

struct Reply: Sendable {
    let answer: Answer

    var status: Int { answer.status }
    var text: String { String(decoding: answer.body.prefix(2000), as: UTF8.self) }
    var json: JSON? { try? JSON(validating: answer.body) }

    subscript(name: String) -> JSON? { json?[name] }
    subscript(pointer pointer: String) -> JSON? { json?[pointer: pointer] }

    func header(_ name: String) -> String? { answer.headers.first { $0.name == name }?.value }

    /// What stands under a name in each of a page's results.
    func results(_ name: String) -> [String] { (self["results"]?.elements ?? []).compactMap { $0[name]?.string } }

    /// The path and query that `next` or `previous` leads to.
    func link(_ name: String) -> String? { self[name]?.string.map { String($0.dropFirst(LocalSandbox.base.count)) } }
}
