// The heap of sleepers against a plain sorted array.

import Testing

@testable import Replicate

struct TimerQueueTests {
    static let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { Self.start + .milliseconds(milliseconds) }

    @Test func takesTheEarliestFirst() {
        var queue = TimerQueue()
        for (id, time) in [(1, 30), (2, 10), (3, 20)] { queue.add(UInt64(id), at: at(time)) }
        let first = queue.next()
        let due = [9, 20, 100].map { queue.takeDue(at($0)) }
        #expect(first == at(10))
        #expect(due == [[], [2, 3], [1]])
        let last = queue.next()
        #expect(last == nil)
        #expect(queue.isEmpty)
    }

    @Test func ofEqualInstantsTheOldestComesFirst() {
        var queue = TimerQueue()
        var generator = SeededGenerator(seed: 3)
        for id in (1...100).shuffled(using: &generator) { queue.add(UInt64(id), at: at(5)) }
        let due = queue.takeDue(at(5))
        #expect(due == Array(1...100))
    }

    @Test func aRemovedTimerIsNeverDue() {
        var queue = TimerQueue()
        for id in 1...3 { queue.add(UInt64(id), at: at(id)) }
        let removed = [1, 1, 9].map { queue.remove($0) }
        #expect(removed == [true, false, false])
        let next = queue.next()
        let due = queue.takeDue(at(10))
        #expect(next == at(2))
        #expect(due == [2, 3])
        let afterItsTime = queue.remove(2)
        #expect(!afterItsTime)
    }

    @Test func aTimerThatIsSetAgainIsDueThenAndOnlyThen() {
        var queue = TimerQueue()
        for (id, time) in [(1, 10), (1, 30), (2, 40), (2, 20), (3, 50), (3, 50)] { queue.add(UInt64(id), at: at(time)) }
        let due = [10, 20, 30, 40, 50, 60].map { queue.takeDue(at($0)) }
        #expect(due == [[], [2], [1], [], [3], []])
        #expect(queue.isEmpty)
    }

    @Test(arguments: 1...5)
    func agreesWithASortedArray(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var queue = TimerQueue()
        var oracle: [(instant: Int, id: UInt64)] = []
        var lastID: UInt64 = 0
        var now = 0
        for _ in 0..<4000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                lastID += 1
                let instant = now + Int.random(in: -5...200, using: &generator)
                queue.add(lastID, at: at(instant))
                oracle.append((instant, lastID))
            case 5..<8:
                let id = UInt64.random(in: 0...lastID, using: &generator)
                let index = oracle.firstIndex { $0.id == id }
                let removed = queue.remove(id)
                #expect(removed == (index != nil))
                if let index { oracle.remove(at: index) }
            default:
                now += Int.random(in: 0...20, using: &generator)
                oracle.sort { $0 < $1 }
                let expected = oracle.prefix { $0.instant <= now }.map(\.id)
                let due = queue.takeDue(at(now))
                #expect(due == expected)
                oracle.removeFirst(expected.count)
            }
            #expect(queue.isEmpty == oracle.isEmpty)
            let next = queue.next()
            #expect(next == oracle.map(\.instant).min().map(at))
        }
        #expect(lastID > 1500)
    }

    @Test func removedTimersDoNotPileUp() throws {
        var queue = TimerQueue()
        queue.add(0, at: at(0))
        for id in UInt64(1)...20_000 {
            queue.add(id, at: at(1_000_000))
            let removed = queue.remove(id)
            #expect(removed)
        }
        let kept = try heapCount(queue)
        let due = queue.takeDue(at(0))
        #expect(kept <= 70)
        #expect(due == [0])
    }

    /// The entries that are kept, of live timers and removed ones.
    private func heapCount(_ queue: TimerQueue) throws -> Int {
        let heap = try #require(Mirror(reflecting: queue).children.first { $0.label == "heap" })
        return Mirror(reflecting: heap.value).children.count
    }
}
