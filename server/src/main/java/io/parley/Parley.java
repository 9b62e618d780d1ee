package io.parley;

/// The program's entry: `parley node`, `parley check-config`, `parley version`.
public final class Parley {
  private Parley() {}

  public static void main(String[] args) {}
}
