package fish.http;

import fish.budget.Claim;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;

/** Sends an answer of any length, with status 200: one piece after the other, each made once it can be sent. */
final class PieceSender implements IoCallback {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Call call;
    private final Claim room;
    private final Iterator<ByteBuffer> pieces;
    private final long heldBefore;
    private ByteBuffer rest = NOTHING;

    /** @param room where each piece is counted until the next is made */
    PieceSender(Call call, Claim room, Iterator<ByteBuffer> pieces) {
        this.call = call;
        this.room = room;
        this.pieces = pieces;
        this.heldBefore = room.held();
    }

    void start() {
        ByteBuffer first = next();
        if (!pieces.hasNext()) {
            call.send(200, new ByteBuffer[] {first});
        } else if (call.begin(200)) {
            rest = first;
            call.exchange().getResponseSender().send(WholeAnswer.withHead(first), this);
        }
    }

    private ByteBuffer next() {
        ByteBuffer piece = pieces.next();
        room.force(heldBefore + piece.remaining());
        return piece;
    }

    @Override
    public void onComplete(HttpServerExchange done, Sender sender) {
        call.guarded(() -> {
            ByteBuffer left = rest;
            rest = NOTHING;
            if (left.hasRemaining()) {
                sender.send(left, this);
            } else if (pieces.hasNext()) {
                sender.send(next(), this);
            } else {
                sender.close(IoCallback.END_EXCHANGE);
            }
        });
    }

    @Override
    public void onException(HttpServerExchange done, Sender sender, IOException e) {
        call.abort();
    }
}
