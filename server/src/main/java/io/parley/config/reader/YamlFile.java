package io.parley.config.reader;

import io.parley.config.NamespaceSettings;
import io.parley.config.SettingKey;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// The settings file. It is read as a tree of nodes, not of values: nodes know their lines, and
/// double keys are still there to be told of; and no type but text is ever made from the file.
///
/// The only class that touches the YAML library, which is not loaded where no file is given.
/// Confined to the reading thread.
final class YamlFile {
  private final Path file;
  private final SettingsReader reader;
  /// The line on which a key or section was first seen.
  private final Map<String, Integer> lines = new HashMap<>();

  YamlFile(Path file, SettingsReader reader) {
    this.file = file;
    this.reader = reader;
  }

  void read() {
    try {
      var root = new Compose(LoadSettings.builder().setLabel(file.toString()).build())
          .composeString(Files.readString(file));
      if (root.isPresent()) {
        readRoot(root.get());
      }
    } catch (MarkedYamlEngineException e) {
      // Not the whole message: it quotes the line, which may have a secret.
      var line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      reader.problem(file + line, "not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      reader.problem(file.toString(), "not YAML: " + e.getMessage());
    } catch (NoSuchFileException e) {
      reader.problem(file.toString(), "no such file");
    } catch (CharacterCodingException e) {
      reader.problem(file.toString(), "cannot be read (expected: UTF-8)");
    } catch (IOException e) {
      reader.problem(file.toString(), "cannot be read: " + e.getMessage());
    }
  }

  private void readRoot(Node root) {
    if (root instanceof MappingNode sections) {
      for (var section : sections.getValue()) {
        var name = text(section.getKeyNode());
        var alone = name == null || name.contains(".") ? null : SettingKey.find(name);
        if (alone == null) {
          readSection(name == null ? "" : name, section.getKeyNode(), section.getValueNode());
        } else if (noteFirst(alone.name(), section.getKeyNode())) {
          readValue(alone, section.getKeyNode(), section.getValueNode());
        }
      }
    } else if (!isNull(root)) {
      reader.problem(origin(root), "no sections (expected: section, colon, keys)");
    }
  }

  private void readSection(String section, Node at, Node keys) {
    if (section.equals(SettingKey.NAMESPACES)) {
      readNamespaces(at, keys);
    } else if (SettingKey.isSection(section)) {
      readKeys(section, at, keys);
    } else {
      var names = names(section);
      reader.problem(label(at, section), names.contains(section)
          ? "name with dots (expected: its parts one below the other)"
          : SettingsReader.unknown("section", section, names));
    }
  }

  private void readNamespaces(Node at, Node namespaces) {
    noteFirst(SettingKey.NAMESPACES, at);
    if (namespaces instanceof MappingNode mapping) {
      for (var entry : mapping.getValue()) {
        var name = text(entry.getKeyNode());
        var section = SettingKey.NAMESPACES + "." + (name == null ? "?" : name);
        if (name != null && NamespaceSettings.isName(name)) {
          readKeys(section, entry.getKeyNode(), entry.getValueNode());
        } else {
          reader.problem(label(entry.getKeyNode(), section),
              "no namespace's name (expected: a to z, then at most 31 of a to z and 0 to 9)");
        }
      }
    } else if (!isNull(namespaces)) {
      reader.problem(label(at, SettingKey.NAMESPACES),
          "no namespaces (expected: lines of name, colon, keys)");
    }
  }

  private void readKeys(String section, Node at, Node keys) {
    noteFirst(section, at);
    if (keys instanceof MappingNode mapping) {
      for (var entry : mapping.getValue()) {
        var name = section + "." + text(entry.getKeyNode());
        var key = SettingKey.find(name);
        if (key == null) {
          reader.problem(label(entry.getKeyNode(), name),
              SettingsReader.unknown("key", name, names(name)));
        } else if (noteFirst(name, entry.getKeyNode())) {
          readValue(key, entry.getKeyNode(), entry.getValueNode());
        }
      }
    } else if (!isNull(keys)) {
      reader.problem(label(at, section), "no keys (expected: lines of key, colon, value)");
    }
  }

  private void readValue(SettingKey key, Node at, Node value) {
    var text = text(value);
    if (value instanceof SequenceNode list && key.setting().as().isList()) {
      var items = list.getValue().stream().map(YamlFile::text).toList();
      text = items.contains(null)
          ? null
          : items.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    if (text == null) {
      reader.problem(label(at, key.name()),
          "list or section (expected: " + key.expectation() + ")");
    } else {
      reader.take(key, text, origin(at), label(at, key.name()));
    }
  }

  /// Whether the name is new; says so if it is not.
  private boolean noteFirst(String name, Node at) {
    var first = lines.putIfAbsent(name, line(at));
    if (first != null) {
      reader.problem(label(at, name), "given twice (first in line " + first + ")");
    }
    return first == null;
  }

  private String label(Node at, String name) {
    return origin(at) + ": " + name;
  }

  private String origin(Node at) {
    return file + ":" + line(at);
  }

  private static int line(Node at) {
    return at.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /// The text of a scalar, null for a list or mapping. Nothing behind the colon is the empty text.
  private static @Nullable String text(Node node) {
    return node instanceof ScalarNode scalar ? isNull(node) ? "" : scalar.getValue() : null;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  /// The keys and sections that may be meant by a name.
  private static List<String> names(String given) {
    return Stream.concat(Stream.of(SettingKey.NAMESPACES), SettingKey.near(given).stream()
        .flatMap(key -> Stream.of(key.sectionName(), key.name())))
        .filter(name -> !name.isEmpty()).distinct().toList();
  }
}
