// The server as a whole: its parts run in one task group, and end together.

import FlyingFox
import FlyingSocks
import Glibc

struct SandboxServer: Sendable {
    let options: CommandLineOptions

    /// FlyingFox gives up on a handler after this long. A held request takes 60 seconds at most, but a handler reads the
    /// body too, and an upload may be slow.
    private static let handlerSeconds = 3600.0

    private enum Event { case listening, ended }

    /// Returns when the service is told to end; throws if it cannot begin.
    func run() async throws {
        let services = try await Services(
            speed: options.speed, filesSecret: options.filesSecret, fileLimit: options.fileLimit, report: { Sandbox.complain($0) }
        )
        let end = EndOfService(watchesStandardInput: options.endsWithStandardInput)
        try await run(services, until: { end.isDue }) { url in
            guard options.printsURL else { return }
            print(url)
            fflush(nil)
        }
    }

    /// - Parameter onListening: gets the base URL.
    func run(
        _ services: Services, until isDue: @escaping @Sendable () -> Bool,
        onListening: @escaping @Sendable (_ url: String) -> Void
    ) async throws {
        let adapter = HTTPAdapter(api: API(services: services))
        let server = try makeServer(adapter)
        // FlyingFox's wildcard has only the methods that it knows.
        await server.appendRoute(HTTPRoute(method: "QUERY", path: "*"), to: adapter)
        try await withThrowingTaskGroup(of: Event.self) { group in
            group.addTask {
                try await server.run()
                return .ended
            }
            group.addTask {
                await services.run()
                return .ended
            }
            group.addTask {
                try await Self.beat(services, until: isDue)
                return .ended
            }
            group.addTask {
                try await server.waitUntilListening()
                if let url = await server.listeningAddress.flatMap(Self.url) { onListening(url) }
                return .listening
            }
            do {
                while let event = try await group.next(), event != .ended {}
            } catch {
                await services.close()  // Else whoever waits for a prediction would be waited for here.
                throw error
            }
            await services.close()
            group.cancelAll()
        }
    }

    private func makeServer(_ handler: HTTPAdapter) throws -> HTTPServer {
        let pool = PromptSocketPool(pool: .ePoll(maxEvents: 256))
        var configuration =
            options.host.contains(":")
            ? HTTPServer.Configuration(address: try .inet6(ip6: options.host, port: options.port), pool: pool)
            : HTTPServer.Configuration(address: try .inet(ip4: options.host, port: options.port), pool: pool)
        configuration.timeout = Self.handlerSeconds
        configuration.sharedRequestBufferSize = 65536  // Up to here a body is read at once, beyond it in pieces.
        configuration.sharedRequestReplaySize = 0
        configuration.logger = .disabled
        return HTTPServer(config: configuration, handler: handler)
    }

    private static func beat(_ services: Services, until isDue: @Sendable () -> Bool) async throws {
        while !isDue() {
            try await Task.sleep(for: .seconds(PredictionStore.tickSeconds))
            await services.advance()
        }
    }

    private static func url(_ address: Socket.Address) -> String? {
        switch address {
        case .ip4(let host, let port): "http://\(host):\(port)/v1"
        case .ip6(let host, let port): "http://[\(host)]:\(port)/v1"
        case .unix: nil
        }
    }
}
