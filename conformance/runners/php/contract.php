<?php

declare(strict_types=1);

/** What the document says of each operation, so that no operation and no code stands in the program. */
final class Contract
{
    /** @var array<string, array> the operations by their ids */
    private array $operations = [];

    public function __construct(private array $document)
    {
        foreach ($document['paths'] as $item) {
            foreach ($item as $operation) {
                if (isset($operation['operationId'])) {
                    $this->operations[$operation['operationId']] = $operation;
                }
            }
        }
    }

    /** Whether an operation has a mark, such as x-safe. */
    public function marked(string $operation, string $mark): bool
    {
        return $this->operations[$operation][$mark] ?? false;
    }

    /** The same operation by another HTTP method. */
    public function alias(string $operation): ?string
    {
        $aliases = array_map(fn ($each) => $each['x-alias-of'] ?? '', $this->operations);
        return array_search($operation, $aliases, true) ?: null;
    }

    /** The name of the generated class that has an operation. */
    public function group(string $operation): string
    {
        return $this->operations[$operation]['tags'][0];
    }

    /** The name of the schema of an operation's request body, or null where it has none. */
    public function body(string $operation): ?string
    {
        $body = $this->operations[$operation]['requestBody'] ?? null;
        return $body === null ? null : basename($body['content']['application/json']['schema']['$ref']);
    }

    /** The schema of an operation's answer. */
    public function answer(string $operation): array
    {
        $answer = $this->resolved($this->operations[$operation]['responses']['200']);
        return $this->resolved($answer['content']['application/json']['schema']);
    }

    /** What a reference leads to. */
    public function resolved(array $node): array
    {
        $steps = isset($node['$ref']) ? explode('/', substr($node['$ref'], 2)) : [];
        return array_reduce($steps, fn ($part, $name) => $part[$name], $steps ? $this->document : $node);
    }

    /**
     * What a code is by the first list of the operation that has it, or null where none does.
     *
     * @return array{name: string, error: string, effect: string}|null
     */
    public function listed(string $operation, ?int $code): ?array
    {
        foreach ($this->operations[$operation]['x-codes'] as $name) {
            $list = $this->document['components']['schemas'][$name];
            $place = array_search($code, $list['enum'], true);
            if ($place !== false) {
                return [
                    'name' => $list['x-enum-varnames'][$place],
                    'error' => $list['x-enum-classes'][$place],
                    'effect' => $list['x-enum-effects'][$place],
                ];
            }
        }
        return null;
    }
}
