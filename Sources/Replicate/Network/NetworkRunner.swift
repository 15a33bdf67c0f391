// A client together with the thread it runs on: what an embedding program starts operations with.

public final class NetworkRunner: Sendable {
    public let client: Client
    private let network: CurlNetwork

    public init(_ configuration: Configuration) throws(ReplicateError) {
        network = try CurlNetwork(
            connectionsPerHost: configuration.connectionsPerHost,
            routes: EasyHandle.Routes(
                proxy: configuration.proxy, certificates: configuration.certificates,
                certificateFolder: configuration.certificateFolder))
        client = Client(configuration: configuration, network: network)
    }

    deinit { stop() }

    /// Runs an operation on the network thread; cancel it by its task. Nil, and nothing runs, after `stop`.
    public func start(_ operation: @escaping @Sendable (Client) async -> Void) -> Task<Void, Never>? {
        network.thread.start { [network, client] in
            await network.run { await operation(client) }
        }
    }

    /// An operation that was begun.
    public struct Begun: Sendable {
        fileprivate let thread: NetworkThread
        fileprivate let id: UInt64

        public func cancel() { thread.cancel(errand: id) }
    }

    /// Begins an operation that runs on the network thread step by step; `by`: when its turn is not waited for any longer.
    /// Nil, and nothing runs, after `stop`.
    public func begin(_ turn: Errand.Turn, by: ContinuousClock.Instant? = nil, _ step: @escaping Errand.Step) -> Begun? {
        network.thread.begin(turn, by: by, step).map { Begun(thread: network.thread, id: $0) }
    }

    /// No operation starts after this, and the thread ends with the last one. Never blocks.
    public func stop() { network.thread.stop() }
}

extension CurlNetwork {
    /// Runs on the network's own executor, so that nothing inside has to change threads.
    fileprivate func run(_ operation: () async -> Void) async { await operation() }
}
