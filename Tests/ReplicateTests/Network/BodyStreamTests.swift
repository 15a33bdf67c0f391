// The place between a transfer and its reader, without a network.

import Testing

@testable import Replicate

struct BodyStreamTests {
    private typealias Read = Result<[UInt8]?, TransportFailure>

    /// An open one, for the time of `body`, which reads through the function that it is given.
    private func withStream(_ body: (BodyStream, () async -> Read) async -> Void) async {
        var stream: BodyStream?
        _ = await withCheckedContinuation { (opening: BodyStream.Opening) in
            stream = BodyStream(opening)
            stream?.opened(HTTPResponse(status: 200, headers: [], body: []))
        }
        guard let stream else { return }
        await body(stream) { await withCheckedContinuation { stream.wait($0) } }
    }

    private func take(_ stream: BodyStream, _ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { stream.take($0) } }

    @Test func bytesThatComeBeforeTheWaitBeginsAreNeitherLostNorOvertaken() async {
        await withStream { stream, read in
            #expect(take(stream, [1, 2]) && take(stream, [3]))
            #expect(await read() == .success([1, 2, 3]))
            #expect(take(stream, [4]))
            stream.ended(.success(()), HTTPResponse(status: 200, headers: [], body: []))
            #expect(await read() == .success([4]))
            #expect(await read() == .success(nil))
            #expect(await read() == .success(nil))
        }
    }

    @Test func aFailureComesBehindTheBytes() async {
        await withStream { stream, read in
            #expect(take(stream, [1]))
            stream.ended(.failure(.broken), HTTPResponse(status: 200, headers: [], body: []))
            stream.ended(.success(()), HTTPResponse(status: 200, headers: [], body: []))
            #expect(await read() == .success([1]))
            #expect(await read() == .failure(.broken))
        }
    }

    @Test func whatDoesNotFitIsOfferedAgain() async {
        await withStream { stream, read in
            let half = [UInt8](repeating: 1, count: BodyStream.capacity / 2)
            #expect(take(stream, half) && take(stream, half) && !stream.isPaused)
            #expect(!take(stream, [2]) && stream.isPaused)
            #expect(await read() == .success(half + half))
            #expect(stream.takesMore() && !stream.takesMore(), "once after each pause")
            #expect(take(stream, [2]))
            #expect(await read() == .success([2]))
        }
    }

    @Test func anEmptyPlaceTakesWhatIsLargerThanItself() async {
        await withStream { stream, read in
            let large = [UInt8](repeating: 1, count: BodyStream.capacity * 2)
            #expect(take(stream, large))
            #expect(await read() == .success(large))
        }
    }
}
