package io.parley.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The control of a node that runs alone. Immutable.
public record LocalControl(NodeActions node) implements ControlPlane {
  @Override
  public CompletableFuture<Survey> ask(Ask ask) {
    return node.answer(ask).thenApply(told -> new Survey(List.of(told), true));
  }

  @Override
  public CompletableFuture<Told> ask(String other, Ask ask) {
    // This node needn't ask itself.
    return CompletableFuture.completedFuture(Told.Nobody.NOBODY);
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
