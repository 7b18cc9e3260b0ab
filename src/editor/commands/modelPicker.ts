import * as vscode from 'vscode';
import type { ModelCatalogue, Listing } from '../../application/models/catalogue';
import {
  type ModelChoice,
  type ModelOrder,
  type ModelGroup,
  ageText,
  modelShelves,
} from '../../application/models/choices';
import type { ModelRecord } from '../../domain/charge';
import type { ModelId } from '../../domain/ids';
import type { Disposable } from '../../domain/emitter';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';
import { describeFailure } from '../words/failureText';
import type { FavouriteModels } from '../favouriteModels';

export interface ModelPickerServices {
  readonly catalogue: ModelCatalogue;
  readonly favourites: FavouriteModels;
  /** What the person's own replies say about each model. */
  readonly records: () => Promise<readonly ModelRecord[]>;
  readonly clock: Clock;
  readonly bus: EventBus;
}

/** Where the model will answer. */
export interface ModelPlace {
  readonly current: ModelId;
  /** What a message there sends; null when nothing is known. */
  readonly promptTokens: number | null;
}

/** @returns undefined when nothing was chosen. */
export async function pickModel(services: ModelPickerServices, place: ModelPlace): Promise<ModelId | undefined> {
  const picker = new ModelPicker(services, place);
  try {
    return await picker.chosen();
  } finally {
    picker.dispose();
  }
}

interface ModelItem extends vscode.QuickPickItem {
  /** Undefined for the heading of a shelf. */
  readonly model?: ModelId;
}

class ModelPicker implements Disposable {
  private readonly picker = vscode.window.createQuickPick<ModelItem>();
  private readonly refreshButton = {
    iconPath: new vscode.ThemeIcon('refresh'),
    tooltip: vscode.l10n.t('Refresh the list'),
  };
  private readonly priceButton = {
    iconPath: new vscode.ThemeIcon('arrow-up'),
    tooltip: vscode.l10n.t('Cheapest first, or as listed'),
  };
  private readonly subscription: Disposable;
  private listing: Listing | undefined;
  private records: readonly ModelRecord[] = [];
  private order: ModelOrder = 'listed';

  constructor(
    private readonly services: ModelPickerServices,
    private readonly place: ModelPlace,
  ) {
    const { picker } = this;
    picker.placeholder = vscode.l10n.t(
      'Search by name, id or provider; prices are dollars per million tokens, in / out',
    );
    picker.matchOnDescription = true;
    picker.matchOnDetail = true;
    picker.keepScrollPosition = true;
    picker.buttons = [this.priceButton, this.refreshButton];
    picker.onDidTriggerButton((button) => (button === this.refreshButton ? void this.load(true) : this.turnOrder()));
    picker.onDidTriggerItemButton(({ item }) => void this.star(item.model));
    this.subscription = services.bus.event((event) => {
      if (event.type === 'modelsChanged' && this.listing) void this.load(false);
    });
  }

  chosen(): Promise<ModelId | undefined> {
    const { picker } = this;
    const chosen = new Promise<ModelId | undefined>((resolve) => {
      picker.onDidAccept(() => {
        const model = picker.selectedItems[0]?.model;
        if (model === undefined) return;
        resolve(model);
        picker.hide();
      });
      picker.onDidHide(() => resolve(undefined));
    });
    this.draw();
    picker.show();
    void this.load(false);
    return chosen;
  }

  dispose(): void {
    this.subscription.dispose();
    this.picker.dispose();
  }

  private async load(refresh: boolean): Promise<void> {
    this.picker.busy = true;
    // Without the history every model can still be chosen.
    const records = Promise.resolve()
      .then(this.services.records)
      .catch(() => this.records);
    this.listing = await this.services.catalogue.list({ refresh });
    this.records = await records;
    this.picker.busy = false;
    this.draw();
  }

  private turnOrder(): void {
    this.order = this.order === 'listed' ? 'price' : 'listed';
    this.draw();
  }

  private async star(model: ModelId | undefined): Promise<void> {
    if (model === undefined) return;
    await this.services.favourites.toggle(model);
    this.draw();
  }

  private draw(): void {
    const { picker, listing, records, order, place } = this;
    const active = picker.activeItems[0]?.model ?? place.current;
    const shelves = modelShelves({
      ...place,
      models: listing?.models ?? [],
      records,
      favourites: this.services.favourites.all(),
      order,
      nowMs: this.services.clock.nowMs(),
    });
    picker.title = [
      vscode.l10n.t('Model'),
      ...(order === 'price' ? [vscode.l10n.t('cheapest first')] : []),
      ...this.trouble(),
    ].join(' · ');
    picker.items = shelves.flatMap((shelf) => [
      { label: shelfName(shelf.group), kind: vscode.QuickPickItemKind.Separator },
      ...shelf.choices.map(modelItem),
    ]);
    picker.activeItems = picker.items.filter((item) => item.model === active);
  }

  /** A list that could not be fetched says so, and how old it is. */
  private trouble(): string[] {
    const { listing } = this;
    if (listing?.kind !== 'stale') return [];
    const { title } = describeFailure(listing.failure);
    const { atMs } = listing;
    return [
      atMs === null ? title : vscode.l10n.t('list of {0}: {1}', ageText(this.services.clock.nowMs() - atMs), title),
    ];
  }
}

function shelfName(shelf: ModelGroup['group']): string {
  switch (shelf) {
    case 'favourites':
      return vscode.l10n.t('Favourites');
    case 'used':
      return vscode.l10n.t('Used here');
    case 'all':
      return vscode.l10n.t('All');
  }
}

function modelItem(choice: ModelChoice): ModelItem {
  const { model, name, isFavourite, isCurrent } = choice;
  const star = isFavourite
    ? { iconPath: new vscode.ThemeIcon('star-full'), tooltip: vscode.l10n.t('Remove from favourites') }
    : { iconPath: new vscode.ThemeIcon('star-empty'), tooltip: vscode.l10n.t('Add to favourites') };
  const facts = [
    choice.priceText,
    choice.overrideText,
    choice.turnText,
    choice.recordText,
    choice.contextText,
    choice.capabilities.join(', '),
  ];
  return {
    model,
    label: isCurrent ? `$(check) ${name}` : name,
    description: model,
    detail: facts.filter((fact) => fact !== '').join(' · '),
    buttons: [star],
  };
}
