// Where a redirect may lead when a file is fetched: to http and https alone, never from https to http, and not for ever. The
// token goes along only while the origin stays the API's.

enum Redirect {
    static func isOne(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// The next URL. `followed` counts the redirects before this one.
    static func target(of response: HTTPResponse, from url: String, followed: Int, most: Int = 10)
        throws(ReplicateError) -> String
    {
        func refused(_ why: String) -> ReplicateError { ReplicateError(.protocol, "a redirect \(why)") }
        guard followed < most else { throw refused("follows \(most) others, which is the limit (max_redirects)") }
        let locations = Set(response.headers.lazy.filter { $0.name == "location" }.map(\.value))
        guard locations.count <= 1 else { throw refused("says two places to go to") }
        guard let location = locations.first, !location.isEmpty else { throw refused("says nowhere to go") }
        guard location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let next = WebURL(location, relativeTo: url),
            next.origin.isPlain
        else { throw refused("leads to what is no URL") }
        guard ["http", "https"].contains(next.origin.scheme) else {
            throw refused("leads to \(ForeignText.cleaned(next.origin.scheme)), not to https")
        }
        guard next.origin.scheme == "https" || WebURL(url)?.origin.scheme == "http" else {
            throw refused("leads from https to http")
        }
        // libcurl would send it as a password.
        guard !next.hasUser else { throw refused("leads to a URL with a user name") }
        return next.text
    }
}
