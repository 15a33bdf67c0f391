// The hosts that speak HTTP/1 under TLS, as their handshakes have agreed. libcurl goes by what a status line says: once one says
// HTTP/2, true or not, it sends further requests on that host's connections on which others still wait, if they are requests that
// may go over HTTP/2. So those to these hosts may not, from the first handshake on, which is before the first answer. What libcurl
// was given before that, and what waited in there for a connection, is asked for once more where it came upon another's.

/// For the network thread alone: libcurl's callbacks, and who starts transfers.
final class HTTP1Hosts {
    private var names: Set<String> = []
    /// By the connections' own ends: the transfer that is on it.
    private var transfers: [Connection: UInt64] = [:]

    struct Connection: Hashable {
        var address: String
        var port: Int32
    }

    func add(_ url: String) {
        guard !contains(url) else { return }
        // A server's list of outputs may name hosts without end; what is forgotten is learned again.
        if names.count >= 1024 { names.removeAll() }
        names.insert(Self.name(of: url))
    }

    func contains(_ url: String) -> Bool { !names.isEmpty && names.contains(Self.name(of: url)) }

    /// False if another transfer is on that connection.
    func take(_ connection: Connection, for transfer: UInt64) -> Bool {
        if let other = transfers[connection] { return other == transfer }
        transfers[connection] = transfer
        return true
    }

    func leave(_ connection: Connection, _ transfer: UInt64) {
        if transfers[connection] == transfer { transfers[connection] = nil }
    }

    /// With scheme and port, as it is written: one host in two spellings is learned twice. Without the rest, which may be secret.
    private static func name(of url: String) -> String {
        var slashes = 0
        let end = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3 || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
        }
        return String(url[..<(end ?? url.endIndex)])
    }
}
