// Where a webhook is posted to. The sandbox posts to this machine alone, over plain http: it never looks into the network,
// and what it makes shall not leave it by mistake. Other URLs are accepted as the service does, and said not to be posted.

struct WebhookAddress: Equatable, Sendable {
    /// To be tried in this order.
    let hosts: [String]
    let port: UInt16
    /// For the Host header.
    let authority: String
    /// Path and query as they stand in the URL.
    let target: String

    init?(_ url: String) {
        let scheme = "http://"
        guard url.lowercased().hasPrefix(scheme), url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let rest = url.dropFirst(scheme.count).split(separator: "#", omittingEmptySubsequences: false).first ?? ""
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = String(rest[..<end])
        self.authority = authority
        target = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
        let colon = authority.last == "]" ? nil : authority.lastIndex(of: ":")
        guard let port = colon.map({ UInt16(authority[$0...].dropFirst()) }) ?? 80, port > 0 else { return nil }
        self.port = port
        let host = authority[..<(colon ?? authority.endIndex)].lowercased()
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        if host == "localhost" {
            hosts = ["127.0.0.1", "::1"]
        } else if host == "[::1]" {
            hosts = ["::1"]
        } else if parts.count == 4, parts[0] == "127", parts.allSatisfy({ UInt8($0) != nil }) {
            hosts = [host]
        } else {
            return nil
        }
    }
}
