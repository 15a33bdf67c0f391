// What a batch shows, what it shares, and what it gives back.

import Testing

@testable import Replicate

struct EventBatchTests {
    @Test func anEmptyBatch() {
        let batch = EventBatch()
        #expect(batch.isEmpty)
        #expect(batch.count == 0)
        #expect(batch.byteCount == 0)
        #expect(batch[0] == nil)
        batch.withUnsafeBytes { #expect($0.isEmpty) }
    }

    @Test(arguments: [-1, 2, 3, .max, .min])
    func thereIsNothingOutOfRange(_ index: Int) throws {
        var batch = EventBatch()
        for id in ["1", "2"] { batch.add(StreamEvent("x", id: id)) }
        #expect(batch[index] == nil)
        #expect(batch.event(at: index) == nil)
        #expect(batch.data(at: index) == nil)
        #expect(batch.id(at: index) == nil)
    }

    @Test func aNULStandsBehindEveryText() throws {
        var batch = EventBatch()
        let events = [
            StreamEvent("x", event: "output", id: "1"), StreamEvent("", event: "output"), StreamEvent("y\0z", event: "", id: "2"),
            StreamEvent("é", event: "done", id: "2"),
        ]
        for event in events { batch.add(event) }
        #expect(batch.events == events)
        for index in 0..<batch.count {
            let entry = try #require(batch[index])
            batch.withUnsafeBytes { bytes in
                for range in [entry.event, entry.data, entry.id] { #expect(bytes[range.upperBound] == 0) }
                #expect(bytes[entry.data].elementsEqual(events[index].data))
            }
        }
    }

    @Test func textsThatRepeatAreStoredOnce() throws {
        var batch = EventBatch()
        for index in 0..<1000 { batch.add(StreamEvent("\(index)", event: "output", id: "7")) }
        let first = try #require(batch[0])
        let last = try #require(batch[999])
        #expect(first.event == last.event)
        #expect(first.id == last.id)
        batch.withUnsafeBytes { #expect($0.count == 10 + 2 * 90 + 3 * 900 + 1000 + "output".utf8.count + 1 + 2) }
    }

    @Test func textsOfOneLengthAreNotMistaken() {
        var batch = EventBatch()
        let events = ["12", "13", "13", "23"].map { StreamEvent($0, event: "type\($0)", id: $0) }
        for event in events { batch.add(event) }
        #expect(batch.events == events)
    }

    @Test func removedEventsAreGone() throws {
        let events = (0..<6).map { StreamEvent("\($0)", event: $0 < 4 ? "a" : "b", id: "\($0 / 2)") }
        for start in 0...6 {
            for end in start...6 {
                var batch = EventBatch()
                for event in events { batch.add(event) }
                batch.remove(start..<end)
                var expected = events
                expected.removeSubrange(start..<end)
                #expect(batch.events == expected)
                for event in events { batch.add(event) }
                #expect(batch.events == expected + events)
            }
        }
    }

    @Test func theMemoryOfRemovedLastEventsIsUsedAgain() {
        var batch = EventBatch()
        batch.add(StreamEvent("x", event: "output", id: "1"))
        let bytes = batch.byteCount
        for _ in 0..<1000 {
            for index in 0..<10 { batch.add(StreamEvent("y", event: "output", id: "\(index)")) }
            batch.remove(1..<batch.count)
            #expect(batch.byteCount == bytes)
        }
    }

    @Test(arguments: [true, false])
    func aBatchCanBeUsedAgain(_ keepingCapacity: Bool) {
        var batch = EventBatch()
        for _ in 0..<3 {
            batch.add(StreamEvent("x", event: "output", id: "1"))
            #expect(batch.events == [StreamEvent("x", event: "output", id: "1")])
            #expect(batch.byteCount > 0)
            batch.removeAll(keepingCapacity: keepingCapacity)
            #expect(batch.isEmpty)
            #expect(batch.byteCount == 0)
        }
    }

    @Test func aBatchTakesTheEventsOfAnother() throws {
        let first = [StreamEvent("a", event: "output", id: "1"), StreamEvent("b", event: "output", id: "1")]
        let second = [
            StreamEvent("", event: "output", id: "1"), StreamEvent("c\0d", event: "done"),
            StreamEvent("e", event: "done", id: "2"),
        ]
        let lists = [first, second, [], first + second]
        for one in lists {
            for other in lists {
                var batch = EventBatch()
                var more = EventBatch()
                one.forEach { batch.add($0) }
                other.forEach { more.add($0) }
                let fitted = batch.append(contentsOf: more)
                #expect(fitted)
                // And goes on as if they had always been there.
                first.forEach { batch.add($0) }
                #expect(batch.events == one + other + first)
            }
        }
    }
}
