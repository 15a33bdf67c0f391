// Which hosts requests may not go to over HTTP/2.

import Testing

@testable import Replicate

struct HTTP1HostsTests {
    @Test(arguments: [
        ("https://a.test", true), ("https://a.test/", true), ("https://a.test/v1/x?y#z", true),
        ("https://a.test?x/y", true), ("https://a.test#/y", true), ("https://a.test:443/v1", false),
        ("https://b.test/v1", false), ("https://a.test.b/v1", false),
        ("https://a.tes", false), ("http://a.test/v1", false), ("", false), ("https", false),
    ])
    func aHostIsKnownByWhatStandsBeforeThePath(_ url: String, _ isKnown: Bool) {
        let hosts = HTTP1Hosts()
        #expect(!hosts.contains(url))
        hosts.add("https://a.test/v1/predictions")
        #expect(hosts.contains(url) == isKnown)
    }

    @Test func aConnectionIsOneTransfersUntilItLeaves() {
        let hosts = HTTP1Hosts()
        let (one, other) = (HTTP1Hosts.Connection(address: "127.0.0.1", port: 1), HTTP1Hosts.Connection(address: "::1", port: 1))
        #expect(hosts.take(one, for: 1) && hosts.take(one, for: 1) && hosts.take(other, for: 2))
        #expect(!hosts.take(one, for: 2))
        hosts.leave(one, 2)
        #expect(!hosts.take(one, for: 2))
        hosts.leave(one, 1)
        #expect(hosts.take(one, for: 2))
    }

    @Test func theyAreNotKeptWithoutEnd() {
        let hosts = HTTP1Hosts()
        let urls = (0..<1024).map { "https://\($0).test/x" }
        for _ in 0..<2 { urls.forEach(hosts.add) }  // What is known already takes no room.
        #expect(urls.allSatisfy(hosts.contains))
        hosts.add("https://another.test/")
        #expect(hosts.contains("https://another.test/"))
        #expect(!urls.contains(where: hosts.contains))
    }
}
