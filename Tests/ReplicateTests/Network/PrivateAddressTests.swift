// Addresses that a server may not lead a careful client to.

import Glibc
import Testing

@testable import Replicate

struct PrivateAddressTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
        "169.254.0.1",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
        "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "4000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
        "::127.0.0.1", "", "localhost", "127.1", "2130706433", "0x7f000001", "1.2.3.4.5", "fe80::1%eth0",
    ])
    func isOne(_ address: String) {
        #expect(PrivateAddress.isOne(address))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.1",
        "169.253.0.1",
        "169.255.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.0.1", "192.169.0.1", "198.17.0.1", "198.20.0.1",
        "203.0.112.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        "2002:808:808::1",
        "2400::1",
    ])
    func isNone(_ address: String) {
        #expect(!PrivateAddress.isOne(address))
    }

    @Test func ofSockets() {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        for (text, expected) in [("10.1.2.3", true), ("8.8.8.8", false)] {
            inet_pton(AF_INET, text, &four.sin_addr)
            #expect(isOne(&four) == expected)
        }
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        for (text, expected) in [("fe80::1", true), ("2606:4700::1111", false)] {
            inet_pton(AF_INET6, text, &six.sin6_addr)
            #expect(isOne(&six) == expected)
        }
        six.sin6_family = sa_family_t(AF_UNIX)
        #expect(isOne(&six))
    }

    private func isOne<Address>(_ address: inout Address) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                PrivateAddress.isOne($0, length: MemoryLayout<Address>.size)
            }
        }
    }
}
