// What is kept, what gives way, and how the life of a prediction may go.

import Replicate
import Testing

@testable import ReplicateSandbox

@Suite struct LedgerTests {
    private static func prediction(_ id: String) throws -> Prediction {
        let model = try ModelVersion(Echo(), createdAt: Timestamp(microseconds: 0))
        let input = ModelInput(try JSON(validating: "{}"), schema: model.input)
        return Prediction(id: id, order: .init(model: model, input: input), createdAt: Timestamp(microseconds: 0))
    }

    private static func ledger(_ count: Int, limit: Int) throws -> PredictionLedger {
        var ledger = PredictionLedger(limits: .init(count: limit))
        for number in 0..<count { #expect(ledger.insert(try prediction("p\(number)"))) }
        return ledger
    }

    @Test func theOneThatFinishedFirstGivesWay() throws {
        var ledger = try Self.ledger(3, limit: 3)
        #expect(!ledger.insert(try Self.prediction("late")))
        for id in ["p1", "p0"] { #expect(ledger.update(id) { $0.cancel(at: Timestamp(microseconds: 1)) }) }
        #expect(ledger.insert(try Self.prediction("late")))
        #expect(ledger["p1"] == nil && ledger["p0"] != nil && ledger.count == 3)
    }

    @Test func weightIsBoundedToo() throws {
        var ledger = PredictionLedger(limits: .init(count: 10, weight: 2 * (try Self.prediction("x").weight)))
        for id in ["a", "b"] { #expect(ledger.insert(try Self.prediction(id))) }
        #expect(!ledger.insert(try Self.prediction("c")))
        _ = ledger.update("b") { $0.cancel(at: Timestamp(microseconds: 1)) }
        #expect(ledger.insert(try Self.prediction("c")))
        #expect(ledger["b"] == nil)
    }

    @Test func pagesMeetInBothDirections() throws {
        let ledger = try Self.ledger(5, limit: 100)
        let first = ledger.page(nil, limit: 2) { _ in true }
        #expect(first.elements.map(\.id) == ["p4", "p3"] && first.previous == nil)
        let second = ledger.page(first.next, limit: 2) { _ in true }
        #expect(second.elements.map(\.id) == ["p2", "p1"])
        let last = ledger.page(second.next, limit: 2) { _ in true }
        #expect(last.elements.map(\.id) == ["p0"] && last.next == nil)
        #expect(ledger.page(last.previous, limit: 2) { _ in true }.elements.map(\.id) == ["p2", "p1"])
        let back = ledger.page(second.previous, limit: 2) { _ in true }
        #expect(back.elements.map(\.id) == ["p4", "p3"] && back.previous == nil)
    }

    @Test func whatHasEndedStaysAsItIs() throws {
        let now = Timestamp(microseconds: 1)
        var prediction = try Self.prediction("x")
        #expect(!prediction.log("too early") && prediction.start(at: now) && !prediction.start(at: now))
        #expect(prediction.finish(.output(.json([0x31])), at: now) && prediction.status == .succeeded)
        #expect(!prediction.cancel(at: now) && !prediction.expire(at: now) && !prediction.log("too late"))
        #expect(!prediction.finish(.failure("no"), at: now) && prediction.status == .succeeded)
    }

    @Test func aDeadlineAbortsWhatHasNotStarted() throws {
        let now = Timestamp(microseconds: 1)
        var waiting = try Self.prediction("x")
        #expect(waiting.expire(at: now) && waiting.status == .aborted)
        var running = try Self.prediction("y")
        #expect(running.start(at: now) && running.expire(at: now) && running.status == .canceled)
    }

    @Test func alarmsGoOffOnceAndInTheirTick() {
        var wheel = AlarmWheel<String>()
        let tick = wheel.set("removed", at: 2)
        #expect(wheel.set("a", at: 2) == 2 && wheel.set("b", at: 3) == 3)
        wheel.remove("removed", at: tick)
        #expect(wheel.due(through: 2) == ["a"] && wheel.due(through: 2).isEmpty)
        #expect(wheel.set("past", at: 1) == 3)
        #expect(Set(wheel.due(through: 9)) == ["b", "past"])
    }
}
