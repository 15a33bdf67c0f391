// What an observer is told: every request and its answer, in order, without the token.

import Testing

@testable import Replicate

struct ExchangeTests {
    private func texts(_ network: ScriptedNetwork, _ work: (Client) async -> Void) async throws -> [String] {
        let seen = Recorder<Exchange>()
        await work(try Client(network).observed(by: { seen.add($0) }))
        return seen.values.map(\.json.rawText)
    }

    @Test func retriesAndPollsAreTold() async throws {
        let network = ScriptedNetwork([
            .fails(.connect, touched: false), .json(201, prediction("starting")).taking(.milliseconds(250)),
            .json(500, ""), .json(200, prediction("succeeded")),
        ])
        let seen = try await texts(network) { _ = try? await $0.run(.version("v"), promptInput(), Options()) }
        let create = "{\"method\":\"POST\",\"url\":\"https://api.replicate.com/v1/predictions\",\"attempt\":"
        let look = "{\"method\":\"GET\",\"url\":\"https://api.replicate.com/v1/predictions/p1\",\"attempt\":"
        #expect(
            seen == [
                create + "1}", create + "1,\"error\":\"network\",\"seconds\":0.0}",
                create
                    + "1,\"error\":\"network\",\"message\":\"could not connect to api.replicate.com (scripted)\",\"seconds\":0.0,"
                    + "\"wait\":0.25}",
                create + "2}", create + "2,\"status\":201,\"seconds\":0.25}",
                look + "1}", look + "1,\"status\":500,\"seconds\":0.0}",
                look
                    + "1,\"error\":\"network\",\"status\":500,\"message\":\"the server answered with status 500\",\"seconds\":0.0,"
                    + "\"wait\":0.25}",
                look + "2}", look + "2,\"status\":200,\"seconds\":0.0}",
            ])
    }

    @Test func theTokenIsNotIn() async throws {
        let network = ScriptedNetwork([], rest: .json(200, "{}"))
        let seen = try await texts(network) {
            _ = try? await $0.call(.predictionsGet, ["x\(Client.testToken)y\(Client.testToken)"], Options())
        }
        #expect(seen.count == 2)
        #expect(seen.allSatisfy { !$0.contains(Client.testToken) && $0.contains("/predictions/x(token)y(token)") })
    }

    @Test func withoutAnObserverNothingChanges() async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        _ = try await Client(network).observed(by: nil).call(.accountGet, [], Options())
        #expect(await network.sent.count == 1)
    }
}
