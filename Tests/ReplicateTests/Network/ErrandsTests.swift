// What waits without a task: whose turn it is, who wakes when, and what a cancel does to one that sleeps, waits or runs.

import Testing

@testable import Replicate

struct ErrandsTests {
    private let start = ContinuousClock.now
    private static let nothing: Errand.Step = { .end }

    private func add(_ errands: inout Errands, _ ids: some Sequence<UInt64>, _ turn: Errand.Turn, by seconds: Int? = nil) {
        for id in ids {
            errands.add(
                Errand.Begun(id: id, turn: turn, by: seconds.map { start + .seconds($0) }, step: Self.nothing))
        }
    }

    private func taken(_ errands: inout Errands) -> [UInt64] {
        var ids: [UInt64] = []
        while let ready = errands.next() { ids.append(ready.id) }
        return ids
    }

    /// "7", or "7 canceled".
    private func words(_ errands: inout Errands) -> [String] {
        var words: [String] = []
        while let ready = errands.next() { words.append(ready.isCanceled ? "\(ready.id) canceled" : "\(ready.id)") }
        return words
    }

    // What #expect cannot call on a variable.
    private func ended(_ errands: inout Errands, _ id: UInt64, _ next: Errand.Next) -> Bool { errands.ended(id, next) }
    private func cancel(_ errands: inout Errands, _ id: UInt64) -> Task<Void, Never>? { errands.cancel(id) }
    private func instant(_ errands: inout Errands) -> ContinuousClock.Instant? { errands.nextInstant() }

    private func again(_ seconds: Int, by latest: Int? = nil, _ turn: Errand.Turn = .look) -> Errand.Next {
        .again(at: start + .seconds(seconds), by: latest.map { start + .seconds($0) }, turn, Self.nothing)
    }

    @Test func newcomersGoInTurnFourToAConnection() {
        var errands = Errands(connections: 1)
        add(&errands, 1...6, .newcomer)
        add(&errands, 7...8, .atOnce)
        #expect(taken(&errands) == [7, 8, 1, 2, 3, 4])
        let ends = [7, 2].map { errands.ended($0, .end) }
        #expect(ends == [true, true])
        #expect(taken(&errands) == [5], "what began at once had no place to give back")
    }

    @Test func oneThatSleepsHoldsNoPlace() {
        var errands = Errands(connections: 1)
        add(&errands, 1...5, .newcomer)
        #expect(taken(&errands) == [1, 2, 3, 4])
        #expect(!ended(&errands, 3, again(10)))
        #expect(taken(&errands) == [5])
        #expect(instant(&errands) == start + .seconds(10))
    }

    @Test func sleepersWakeInTimeAndLookInTurn() {
        var errands = Errands(connections: 2)
        add(&errands, 1...3, .newcomer)
        #expect(taken(&errands) == [1, 2, 3])
        for (id, seconds) in [(1, 30), (2, 10), (3, 20)] as [(UInt64, Int)] {
            #expect(!ended(&errands, id, again(seconds)))
        }
        errands.wake(start + .seconds(9))
        #expect(taken(&errands) == [])
        errands.wake(start + .seconds(30))
        #expect(taken(&errands) == [2, 3])
        #expect(instant(&errands) == nil)
        #expect(!ended(&errands, 3, again(40)))
        #expect(taken(&errands) == [1])
    }

    @Test func newcomersDoNotKeepLooksWaiting() {
        var errands = Errands(connections: 1)
        add(&errands, 1...50, .newcomer)
        #expect(taken(&errands) == [1, 2, 3, 4])
        #expect(!ended(&errands, 1, again(0)))
        errands.wake(start)
        #expect(taken(&errands) == [1, 5])
    }

    @Test func whatEndsAThingWaitsOnlyForItsLike() {
        var errands = Errands(connections: 1)
        add(&errands, 1...9, .newcomer)
        #expect(taken(&errands) == [1, 2, 3, 4])
        add(&errands, 10...11, .ending, by: 5)
        #expect(taken(&errands) == [10])
        #expect(ended(&errands, 10, .end))
        #expect(taken(&errands) == [11])
    }

    @Test func theLatestInstantComesBeforeTheTurn() {
        var errands = Errands(connections: 1)
        add(&errands, 1...6, .newcomer)
        add(&errands, 7...7, .newcomer, by: 3)
        #expect(taken(&errands) == [1, 2, 3, 4])
        for id in 1...2 as ClosedRange<UInt64> { #expect(!ended(&errands, id, again(0, by: 9))) }
        errands.wake(start)
        #expect(taken(&errands) == [1, 5, 6], "and the other waits for the one look at a time")
        errands.wake(start + .seconds(3))
        #expect(taken(&errands) == [7])
        errands.wake(start + .seconds(9))
        #expect(taken(&errands) == [2])
        let ends = [7, 2, 1].map { errands.ended($0, .end) }
        #expect(ends == [true, true, true])
        #expect(instant(&errands) == nil)
    }

    @Test func aCancelMakesWhatWaitsReady() {
        var errands = Errands(connections: 1)
        add(&errands, 1...6, .newcomer)
        #expect(taken(&errands) == [1, 2, 3, 4])
        #expect(!ended(&errands, 1, again(10)))
        #expect(taken(&errands) == [5])
        for id in [6, 1, 1, 9] as [UInt64] { #expect(cancel(&errands, id) == nil) }
        #expect(words(&errands) == ["6 canceled", "1 canceled"])
        #expect(instant(&errands) == nil)
    }

    @Test func aCancelReachesTheTaskThatRuns() async {
        var errands = Errands(connections: 1)
        add(&errands, 1...1, .newcomer)
        #expect(taken(&errands) == [1])
        let task = Task {}
        errands.runs(1, in: task)
        #expect(cancel(&errands, 1) == task)
        #expect(cancel(&errands, 1) == nil, "once is enough")
        #expect(!ended(&errands, 1, again(10)))
        #expect(words(&errands) == ["1 canceled"], "it does not sleep again")
        #expect(ended(&errands, 1, .end))
    }

    @Test func oneConnectionForManyLetsMoreGo() {
        var errands = Errands(connections: 1)
        add(&errands, 1...20, .newcomer)
        #expect(taken(&errands).count == 4)
        errands.widen(to: 8)
        #expect(taken(&errands) == [5, 6, 7, 8])
    }

    @Test func tenThousandComeInOrder() {
        var errands = Errands(connections: 16)
        add(&errands, 1...10_000, .newcomer)
        var order: [UInt64] = []
        while let ready = errands.next() {
            order.append(ready.id)
            #expect(ended(&errands, ready.id, .end))
        }
        #expect(order == Array(1...10_000))
    }
}
