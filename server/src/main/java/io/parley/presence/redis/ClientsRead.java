package io.parley.presence.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.channel.ClientInfo;
import io.parley.presence.Clients;
import io.parley.presence.ClientsCallback;
import io.parley.redis.FlatOutput;
import io.parley.redis.MemberValue;
import io.parley.redis.RedisCommands;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One reading of the clients in a channel: the nodes that are registered, one after the other, and
/// the clients of each, page by page.
///
/// Confined to its presence's loop.
final class ClientsRead {
  private static final int PAGE = 500;
  private static final byte[] COUNT = PresenceKeys.bytes("COUNT");
  private static final String END = "0";

  private final RedisCommands commands;
  private final PresenceKeys keys;
  private final String channel;
  private final int most;
  private final ClientsCallback callback;
  private final ArrayDeque<String> nodes = new ArrayDeque<>();
  private final Map<UUID, ClientInfo> infos = new LinkedHashMap<>();

  private int infoBytes;

  /// Whether there were more than may be told.
  private boolean isCut;

  ClientsRead(RedisCommands commands, PresenceKeys keys, String channel, int most,
      ClientsCallback callback) {
    this.commands = commands;
    this.keys = keys;
    this.channel = channel;
    this.most = most;
    this.callback = callback;
  }

  void start() {
    send(CommandType.HKEYS, args().add(keys.nodes()), ids -> {
      ids.forEach(id -> nodes.add(PresenceKeys.text(id)));
      readNext();
    });
  }

  private void readNext() {
    var node = nodes.poll();
    if (node == null || isCut) {
      callback.onClients(new Clients(List.copyOf(infos.values()), !isCut));
    } else {
      readPage(node, END);
    }
  }

  private void readPage(String node, String from) {
    var args = args().add(keys.here(channel, node)).add(from).add(COUNT).add(PAGE);
    send(CommandType.HSCAN, args, page -> {
      if (page.isEmpty()) {
        callback.onClients(null);
        return;
      }
      for (int i = 1; i + 1 < page.size(); i += 2) {
        if (PresenceKeys.isClient(page.get(i))) {
          put(MemberValue.decode(PresenceKeys.client(page.get(i)), page.get(i + 1)));
        }
      }
      var next = PresenceKeys.text(page.getFirst());
      if (isCut || next.equals(END)) {
        readNext();
      } else {
        readPage(node, next);
      }
    });
  }

  /// @param info null: something else has written there
  private void put(@Nullable ClientInfo info) {
    if (info == null || infos.containsKey(info.client())) {
      return;
    }
    infoBytes += info.infoBytes();
    if (infos.size() < most && infoBytes <= Clients.INFO_BYTES_MAX) {
      infos.put(info.client(), info);
    } else {
      isCut = true;
    }
  }

  private static CommandArgs<byte[], byte[]> args() {
    return new CommandArgs<>(ByteArrayCodec.INSTANCE);
  }

  private void send(CommandType type, CommandArgs<byte[], byte[]> args,
      Consumer<List<byte[]>> then) {
    commands.send(type, args, new FlatOutput(), new RedisCommands.End<List<byte[]>>() {
      @Override
      public void onAnswer(@Nullable List<byte[]> answer) {
        then.accept(answer == null ? List.of() : answer);
      }

      @Override
      public void onRefused(String error) {
        callback.onClients(null);
      }

      @Override
      public void onUnknown() {
        callback.onClients(null);
      }
    });
  }
}
