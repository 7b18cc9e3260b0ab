import * as vscode from 'vscode';
import type { ModelCatalogue, Listing } from '../../application/models/catalogue';
import { type ModelChoice, type ModelOrder, modelGroups } from '../../application/models/choices';
import type { ModelRecord } from '../../domain/charge';
import type { ModelId } from '../../domain/ids';
import type { Disposable } from '../../domain/emitter';
import type { Clock } from '../../domain/ports/system';
import type { EventBus } from '../../domain/coreEvent';
import { describeFailure } from '../words/failureText';
import { choiceDetail, groupName, pickerLabels, pickerTitle } from '../words/modelText';
import type { FavouriteModels } from '../favouriteModels';

export interface ModelPickerServices {
  readonly catalogue: ModelCatalogue;
  readonly favourites: FavouriteModels;
  /** Statistics on the user's own replies, per model. */
  readonly records: () => Promise<readonly ModelRecord[]>;
  readonly clock: Clock;
  readonly bus: EventBus;
}

/** The conversation that a model is picked for. */
export interface ModelPlace {
  readonly current: ModelId;
  /** Of the next message; null when unknown. */
  readonly promptTokens: number | null;
}

/** @returns undefined when the user cancels. */
export async function pickModel(services: ModelPickerServices, place: ModelPlace): Promise<ModelId | undefined> {
  const picker = new ModelPicker(services, place);
  try {
    return await picker.chosen();
  } finally {
    picker.dispose();
  }
}

interface ModelItem extends vscode.QuickPickItem {
  /** Undefined for headings. */
  readonly model?: ModelId;
}

class ModelPicker implements Disposable {
  private readonly picker = vscode.window.createQuickPick<ModelItem>();
  private readonly refreshButton = {
    iconPath: new vscode.ThemeIcon('refresh'),
    tooltip: pickerLabels().refresh,
  };
  private readonly priceButton = {
    iconPath: new vscode.ThemeIcon('arrow-up'),
    tooltip: pickerLabels().sort,
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
    picker.placeholder = pickerLabels().placeholder;
    picker.matchOnDescription = true;
    picker.matchOnDetail = true;
    picker.keepScrollPosition = true;
    picker.buttons = [this.priceButton, this.refreshButton];
    picker.onDidTriggerButton((button) => (button === this.refreshButton ? void this.load(true) : this.toggleOrder()));
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
    // Models can be chosen even when the history can't be read.
    const records = Promise.resolve()
      .then(this.services.records)
      .catch(() => this.records);
    this.listing = await this.services.catalogue.list({ refresh });
    this.records = await records;
    this.picker.busy = false;
    this.draw();
  }

  private toggleOrder(): void {
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
    const groups = modelGroups({
      ...place,
      models: listing?.models ?? [],
      records,
      favourites: this.services.favourites.all(),
      order,
      nowMs: this.services.clock.nowMs(),
    });
    picker.title = this.title();
    picker.items = groups.flatMap(({ group, choices }) => [
      { label: groupName(group), kind: vscode.QuickPickItemKind.Separator },
      ...choices.map(modelItem),
    ]);
    picker.activeItems = picker.items.filter((item) => item.model === active);
  }

  /** Says why the list couldn't be loaded, and how old the cached one is. */
  private title(): string {
    const { listing, order } = this;
    const isByPrice = order === 'price';
    if (listing?.kind !== 'stale') return pickerTitle(isByPrice, undefined, null);
    const ageMs = listing.atMs === null ? null : this.services.clock.nowMs() - listing.atMs;
    return pickerTitle(isByPrice, describeFailure(listing.failure).title, ageMs);
  }
}

function modelItem(choice: ModelChoice): ModelItem {
  const { model, name, isFavourite, isCurrent } = choice;
  const { addFavourite, removeFavourite } = pickerLabels();
  const star = isFavourite
    ? { iconPath: new vscode.ThemeIcon('star-full'), tooltip: removeFavourite }
    : { iconPath: new vscode.ThemeIcon('star-empty'), tooltip: addFavourite };
  return {
    model,
    label: isCurrent ? `$(check) ${name}` : name,
    description: model,
    detail: choiceDetail(choice),
    buttons: [star],
  };
}
