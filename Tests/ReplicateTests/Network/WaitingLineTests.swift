// The line before the network: first come, first served, and no more at once than the limit.

import Testing

@testable import Replicate

struct WaitingLineTests {
    private func taken(_ line: inout WaitingLine<Int>) -> [Int] {
        var items: [Int] = []
        while let item = line.next() { items.append(item) }
        return items
    }

    @Test func theFirstGoFirstUpToTheLimit() {
        var line = WaitingLine<Int>(limit: 2)
        for item in 1...5 { line.add(UInt64(item), item) }
        let first = taken(&line)
        line.ended()
        let second = taken(&line)
        line.ended()
        line.ended()
        let third = taken(&line)
        #expect([first, second, third] == [[1, 2], [3], [4, 5]])
        #expect(line.running == 2)
    }

    @Test func oneThatLeavesIsPassedOver() {
        var line = WaitingLine<Int>(limit: 3)
        for item in 1...5 { line.add(UInt64(item), item) }
        let left = [2, 2, 9].map { line.remove($0) }
        let went = taken(&line)
        let late = line.remove(1)
        #expect(left == [2, nil, nil])
        #expect(went == [1, 3, 4])
        #expect(late == nil, "it is under way")
    }

    @Test func aHigherLimitLetsMoreGo() {
        var line = WaitingLine<Int>(limit: 1)
        for item in 1...4 { line.add(UInt64(item), item) }
        let one = taken(&line)
        line.limit = 3
        let more = taken(&line)
        #expect([one, more] == [[1], [2, 3]])
    }

    @Test func tenThousandComeInOrder() {
        var line = WaitingLine<Int>(limit: 1)
        for item in 0..<10_000 { line.add(UInt64(item), item) }
        for item in stride(from: 0, to: 10_000, by: 3) { _ = line.remove(UInt64(item)) }
        var went: [Int] = []
        while let item = line.next() {
            went.append(item)
            line.ended()
        }
        #expect(went == (0..<10_000).filter { $0 % 3 != 0 })
    }
}
