// The hosts that speak HTTP/1 under TLS, as their handshakes have agreed. libcurl goes by what a status line says: once one says
// HTTP/2, true or not, it sends further requests on that host's connections on which others still wait, if they are requests that
// may go over HTTP/2. So those to these hosts may not, from the first handshake on, which is before the first answer.

/// For the network thread alone: libcurl's callbacks, and who starts transfers.
final class HTTP1Hosts {
    private var names: Set<Substring> = []

    func add(_ url: String) {
        guard !contains(url) else { return }
        // A server's list of outputs may name hosts without end; what is forgotten is learned again.
        if names.count >= 1024 { names.removeAll() }
        names.insert(Self.name(of: url))
    }

    func contains(_ url: String) -> Bool { !names.isEmpty && names.contains(Self.name(of: url)) }

    /// With scheme and port, as it is written: one host in two spellings is learned twice.
    private static func name(of url: String) -> Substring {
        var slashes = 0
        let end = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3 || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
        }
        return url[..<(end ?? url.endIndex)]
    }
}
