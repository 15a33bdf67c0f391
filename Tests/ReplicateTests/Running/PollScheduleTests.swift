// When a running prediction is looked at again.

import Testing

@testable import Replicate

struct PollScheduleTests {
    static let now = ContinuousClock.now

    @Test(arguments: [0, 0.25, 0.5, 0.999_999])
    func aPollIsNeverSoonerThanTheIntervalNorMuchLater(_ random: Double) throws {
        for interval in [Duration.milliseconds(10), .milliseconds(500), .seconds(3600)] {
            let schedule = PollSchedule(interval: interval)
            guard case .poll(let at) = schedule.next(after: Self.now, random: random) else {
                Issue.record("no poll without a deadline")
                return
            }
            #expect(at - Self.now >= interval)
            #expect(at - Self.now < interval * 1.2)
            #expect(at - Self.now >= interval * (1 + 0.2 * random) - .microseconds(1))
        }
    }

    @Test(
        arguments: [
            (1000, nil), (501, nil), (500, 500), (499, 499), (1, 1), (0, 0), (-100, -100),
        ] as [(Int, Int?)])
    func aDeadlineBeforeTheNextPollIsTheEnd(_ deadline: Int, _ end: Int?) {
        let schedule = PollSchedule(interval: .milliseconds(500), deadline: Self.now + .milliseconds(deadline))
        let next = schedule.next(after: Self.now, random: 0)
        #expect(
            next == end.map { .giveUp(at: Self.now + .milliseconds($0)) } ?? .poll(at: Self.now + .milliseconds(500)))
    }
}
